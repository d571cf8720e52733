"""`kickbacks dev`: the service and a DynamoDB Local for a developer, with a few purchases in it (`make run`)."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.bootstrap import create_app
from app.cli.demo import load_demo
from app.cli.output import err, fail
from app.embedded import EmbeddedError, Endpoint, default_home, embedded_dynamodb
from app.embedded.home import project_root
from app.logs import configure_logs
from app.server import CannotListen, NotStarted, listen, run
from app.server import serve as serve_app
from app.settings import Settings

HOST = "127.0.0.1"
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")
_CHECK_SECONDS = 0.5


def dev(port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one")] = 8080) -> None:
    """Run the service on this machine with a database of its own and some purchases to look at."""
    try:
        with listen(HOST, port) as listener:
            run(_dev(listener))
    except (CannotListen, EmbeddedError, NotStarted, DatabaseEnded) as error:
        fail(str(error))
    except KeyboardInterrupt:  # while it was starting
        raise typer.Exit(130) from None


class DatabaseEnded(RuntimeError):
    """The embedded database ended by itself; the message has the end of its log."""


async def _dev(listener: socket.socket) -> None:
    async with _database(os.environ) as endpoint:
        settings = Settings()
        configure_logs()
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            begin = lambda url: helpers.append(tasks.create_task(_welcome(url)))  # noqa: E731
            helpers = [tasks.create_task(_watch(endpoint, stop))]
            try:
                await serve_app(create_app(settings), listener, settings, on_ready=begin, stop=stop)
            finally:
                for helper in helpers:
                    helper.cancel()
        if endpoint is not None and not endpoint.running():
            raise DatabaseEnded(f"DynamoDB Local ended by itself. The end of its log:\n{endpoint.log.tail()}")
