"""The HTTP face of the core: all routers, one way to say errors, limits on bodies.

app = create_app(database)                       # tests: httpx.ASGITransport(app); a clock may be given
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI

from core.http import collecting, devices, files, handing_over, limits, problems, stories, sync
from core.http.body import BodyLimit, ServerDate
from core.http.context import Core, seen_by
from core.http.door import Door
from core.http.office import routes
from core.http.office.intake import Intake
from core.http.pokes import Pokes
from core.http.rush import Rush
from core.service.shelf import Shelf
from core.settings import Settings
from core.store.database import Database

SWITCH_S = 0.0005
# Routes are tried in this order: what tablets ask all day comes first.
OF_TABLETS = (sync.router, files.router, devices.router, handing_over.router, stories.router)
ROUTERS = (*OF_TABLETS, collecting.router, *routes.ROUTERS)


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(database: Database, settings: Settings | None = None, now: Callable[[], datetime] = _now) -> FastAPI:
    """`database` is upgraded already. `now`: the core's clock, aware UTC."""
    settings = settings or Settings(str(database.url))
    # A thread that comes back from the database waits this long for a busy event loop; the usual 5 ms, once per
    # statement, would make a transaction of 1 ms last 50.
    sys.setswitchinterval(SWITCH_S)
    app = FastAPI(title="Comptoir core", version="1", responses=problems.RESPONSES, docs_url=None, redoc_url=None)
    shelf = Shelf(database, settings.file_folder, now)
    app.state.core = Core(database, settings, now, Pokes(database), shelf, seen_by(database))
    app.state.rush = Rush(database, now)
    app.state.intake = Intake(database, now)
    for name, limit in limits.ALL.items():
        setattr(app.state, name, limit())
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/health", _health, tags=["operation"])

    def limit_of(path: str) -> int:
        return settings.max_import_bytes if "import" in path else settings.max_body_bytes

    app.add_middleware(Door, state=app.state)
    app.add_middleware(BodyLimit, limit_of=limit_of)
    app.add_middleware(ServerDate, now=now)
    return app


def _health() -> dict[str, str]:
    """Answers while the process lives."""
    return {"status": "ok"}
