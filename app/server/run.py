"""Serving an application until a signal ends it."""

import asyncio
import importlib.util
import socket
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette

from app.server.connections import Connections, most_connections
from app.server.draining import DrainingServer
from app.server.fairness import guarded_protocol
from app.server.listening import address_of
from app.settings import Settings

T = TypeVar("T")


class NotStarted(RuntimeError):
    """The application's own start failed; its traceback has been logged."""


async def serve(
    app: Starlette,
    listener: socket.socket,
    settings: Settings,
    *,
    on_ready: Callable[[str], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serves on the socket until a signal comes or `stop` is set. Raises NotStarted.

    `app.state.draining` is set when it is about to stop. `on_ready` is called with the address once it answers.
    """

    def announce() -> None:
        app.state.draining = True

    server = DrainingServer(
        _config(app, settings),
        announce=announce,
        drain_seconds=settings.drain_seconds,
        on_ready=(lambda: on_ready(address_of(listener))) if on_ready is not None else None,
        stop=stop,
    )
    try:
        await server.serve(sockets=[listener])
    except SystemExit as error:  # uvicorn exits by itself when the application does not start
        raise NotStarted("the service could not start") from error
    finally:
        listener.close()


def run(main: Coroutine[Any, Any, T]) -> T:
    """asyncio.run, on uvloop where there is one."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    connections = Connections(most_connections(settings.database_connections), settings.connections_of_address)
    return uvicorn.Config(
        app,
        http=guarded_protocol(settings.request_receive_seconds, connections),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
