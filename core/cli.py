"""`comptoir core`: start the core, bring its database up to date, pair a tablet."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

app = typer.Typer(help="The orchestration core.", no_args_is_help=True)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = -1,
) -> None:
    """Start the core and keep it running."""
    import uvicorn

    from core.bootstrap import open_database, read_settings
    from core.http.app import create_app

    settings = read_settings()
    settings = replace(settings, host=host or settings.host, port=settings.port if port < 0 else port)
    # The app says the date by its own clock.
    uvicorn.run(
        create_app(open_database(settings), settings),
        host=settings.host,
        port=settings.port,
        date_header=False,
        log_level="info",
        timeout_graceful_shutdown=3,
    )


@app.command()
def upgrade() -> None:
    """Bring the database up to date."""
    from core.bootstrap import open_database, read_settings

    open_database(read_settings()).close()
    print("The database is up to date.")


@app.command()
def pair(location: Annotated[str, typer.Argument(help="Code of the store.")]) -> None:
    """Make a one-time code that pairs a tablet with a store."""
    from sqlalchemy import select
    from typer.exceptions import TyperException

    from core.bootstrap import open_database, read_settings
    from core.service import devices
    from core.store import tables as t

    database = open_database(read_settings())
    with database.read() as connection:
        found = connection.execute(select(t.locations.c.id).where(t.locations.c.code == location)).scalar_one_or_none()
    if found is None:
        raise TyperException(f"There is no location with the code {location!r}.")
    print(devices.create_code(database, found, datetime.now(UTC)))
