"""What somebody should do about the connection: the device was away for long, or much waits to be sent."""

import flet as ft

from app.components.minute import use_minute
from app.components.notice import Notice
from app.i18n import Translations
from app.state import SyncStatus
from app.state.sync_status import MANY_WAITING
from app.theme import SPACE_S
from app.ui import part, use_sync_status, use_translations
from core.contract.sync import MAX_WAITING


@part
def StrainNotices() -> ft.Control:
    """Draws nothing while all is well."""
    _, status, now = use_translations(), use_sync_status(), use_minute()
    notes: list[ft.Control] = []
    span = status.long_offline(now)
    if span is not None:
        text = _(
            "This device has not reached the core for {duration}. Nothing is lost; bring it into reach of the network."
        )
        notes.append(Notice("warn", text.format(duration=_.duration(span)), ft.Icons.CLOUD_OFF, "strain-offline-text"))
    if status.waiting >= MANY_WAITING:
        notes.append(Notice("warn", _many(_, status), ft.Icons.OUTBOX, "strain-waiting-text"))
    return ft.Column(notes, spacing=SPACE_S, tight=True, visible=bool(notes))


def _many(_: Translations, status: SyncStatus) -> str:
    text = _(
        "Much waits here to be sent: {n}. Nothing is lost; bring this device into reach of the network. With {most} it "
        "can ask the core nothing more."
    )
    return text.format(n=_.number(status.waiting), most=_.number(MAX_WAITING))
