"""`kickbacks dev`: the service and a DynamoDB Local for a developer, with a few purchases in it (`make run`).

An endpoint that is already in the environment is used instead; then nothing is started, and nothing loaded into it.
"""

import asyncio
import os
import socket
from typing import Annotated

import typer

from app.bootstrap import create_app
from app.cli.dev_environment import use_embedded, use_local, uses_own_endpoint
from app.cli.dev_welcome import welcome
from app.cli.open_service import check_who_can_reach
from app.cli.output import err, fail
from app.embedded import EmbeddedError, Endpoint, default_home, embedded_dynamodb
from app.embedded.home import project_root
from app.logs import configure_logs
from app.server import CannotListen, NotStarted, address_of, listen, run
from app.server import serve as serve_app
from app.settings import ServiceSettings

HOST = "127.0.0.1"
_CHECK_SECONDS = 0.5
_CTRL_C = 130


class DatabaseEnded(RuntimeError):
    """The embedded database ended by itself; the message has the end of its log."""


def dev(port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one")] = 8080) -> None:
    """Run the service on this machine with a database of its own and some purchases to look at."""
    try:
        with listen(HOST, port) as listener:
            use_local(os.environ)
            run(_serve_own_endpoint(listener) if uses_own_endpoint(os.environ) else _serve_embedded(listener))
    except CannotListen as error:
        fail(f"{error}. Choose another port: make run PORT=8081, or kickbacks dev --port 8081")
    except (EmbeddedError, NotStarted, DatabaseEnded) as error:
        fail(str(error))
    except KeyboardInterrupt:  # while it was starting
        raise typer.Exit(_CTRL_C) from None


async def _serve_own_endpoint(listener: socket.socket) -> None:
    await _serve(listener, asyncio.Event(), demo=False)


async def _serve_embedded(listener: socket.socket) -> None:
    err.print("Starting DynamoDB Local ...")
    data = project_root() / ".local" / "dynamodb-data"
    async with embedded_dynamodb(home=default_home(os.environ), data=data) as endpoint:
        use_embedded(os.environ, endpoint.url)
        stop = asyncio.Event()
        watch = asyncio.create_task(_watch(endpoint, stop))
        try:
            await _serve(listener, stop, demo=True)
        finally:
            watch.cancel()
        if stop.is_set():
            raise DatabaseEnded(f"DynamoDB Local ended by itself. The end of its log:\n{endpoint.log.tail()}")
    err.print("Stopped.")


async def _watch(endpoint: Endpoint, stop: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(_CHECK_SECONDS)
        if not endpoint.running():
            stop.set()
            return


async def _serve(listener: socket.socket, stop: asyncio.Event, *, demo: bool) -> None:
    settings = ServiceSettings()
    check_who_can_reach(listener, settings)
    configure_logs()
    ready = asyncio.Event()
    greeting = asyncio.create_task(welcome(address_of(listener), ready, settings, load=demo))
    try:
        await serve_app(create_app(settings), listener, settings, on_ready=lambda _: ready.set(), stop=stop)
    finally:
        greeting.cancel()
        await asyncio.wait([greeting])
    if not greeting.cancelled():
        greeting.result()
