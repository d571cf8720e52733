"""`kickbacks serve`: the service, as containers run it."""

from typing import Annotated

import typer

from app.bootstrap import create_app
from app.cli.open_service import check_who_can_reach
from app.cli.output import fail
from app.logs import configure_logs
from app.server import CannotListen, NotStarted, listen, run
from app.server import serve as serve_app
from app.server.garbage import keep_what_is_there
from app.settings import ServiceSettings
from app.telemetry import LOG_LINES_LOST


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one")] = 8080,
) -> None:
    """Run the service. SIGTERM drains it, Ctrl-C stops it."""
    settings = ServiceSettings()
    configure_logs(lost=LOG_LINES_LOST.inc)
    try:
        app, listener = create_app(settings), listen(host, port)
        check_who_can_reach(listener, settings)
        run(serve_app(app, listener, settings, on_ready=lambda _: keep_what_is_there()))
    except (CannotListen, NotStarted) as error:
        fail(str(error))
