"""Which screen stands at which address, and what stands in front of them: pairing, then signing in."""

from typing import Any

import flet as ft

from app.context import use_session
from app.screens.attention import AttentionScreen
from app.screens.blocked import BlockedScreen
from app.screens.carriers import CarriersScreen
from app.screens.collect import CollectScreen
from app.screens.collection import CollectionScreen
from app.screens.hand_over_collection import HandOverScreen
from app.screens.manifest import ManifestScreen
from app.screens.offer import OfferScreen
from app.screens.offers import OffersScreen
from app.screens.order import OrderScreen
from app.screens.pack import PackScreen
from app.screens.pair import PairScreen
from app.screens.pick import PickScreen
from app.screens.put_back import PutBackScreen
from app.screens.settings import SettingsScreen
from app.screens.sign_in import SignInScreen
from app.screens.story import StoryScreen
from app.screens.wave import WaveScreen
from app.screens.work_list import WorkListScreen
from app.state.sync_status import SHUT_OUT

ROUTES = [
    ft.Route(
        path="/",
        component=WorkListScreen,
        children=[
            ft.Route(path="wave", component=WaveScreen),
            ft.Route(path="run/:id", component=PickScreen),
            ft.Route(path="put-back/:id", component=PutBackScreen),
            ft.Route(path="order/:id", component=OrderScreen),
            ft.Route(path="pack/:id", component=PackScreen),
            ft.Route(
                path="handover", component=CarriersScreen, children=[ft.Route(path=":id", component=ManifestScreen)]
            ),
            ft.Route(
                path="collect",
                component=CollectScreen,
                children=[
                    ft.Route(
                        path=":id",
                        component=CollectionScreen,
                        children=[ft.Route(path="hand-over", component=HandOverScreen)],
                    )
                ],
            ),
            ft.Route(path="offers", component=OffersScreen, children=[ft.Route(path=":id", component=OfferScreen)]),
            ft.Route(path="story/:kind/:id", component=StoryScreen),
            ft.Route(path="attention", component=AttentionScreen),
            ft.Route(path="settings", component=SettingsScreen),
        ],
    )
]

# Whatever the address: it is kept, and stands there again once the screen in front of it is done with.
PAIRING = [ft.Route(path="/:address*", component=PairScreen)]
BLOCKED = [ft.Route(path="/:address*", component=BlockedScreen)]
SIGNING_IN = [ft.Route(path="/:address*", component=SignInScreen)]


@ft.component
def Gate() -> Any:
    """Work is shown on a paired device to somebody who signed in."""
    session = use_session()
    if session.identity is None:
        return ft.Router(PAIRING, manage_views=True)
    if session.blocked in SHUT_OUT:
        return ft.Router(BLOCKED, manage_views=True)
    if not session.user_id:
        return ft.Router(SIGNING_IN, manage_views=True)
    return ft.Router([*ROUTES, ft.Route(path="/:address*", component=WorkListScreen)], manage_views=True)
