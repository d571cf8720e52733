"""A service without a database: `python -m tests.server.tiny_service DRAIN_SECONDS` prints its address."""

import asyncio
import sys
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.server import listen, run, serve
from app.settings import Environment, Settings

BIG_BYTES = 32 * 1024 * 1024


class Duplex(StreamingResponse):
    """Does not read for a disconnect, so that the body can be read while it answers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.stream_response(send)


async def ready(request: Request) -> Response:
    return PlainTextResponse("ready", 503 if request.app.state.draining else 200)


async def slow(request: Request) -> Response:
    await asyncio.sleep(float(request.query_params["seconds"]))
    return PlainTextResponse("done")


async def echo(request: Request) -> Response:
    return Response(await request.body())


async def big(_: Request) -> Response:
    return Response(bytes(BIG_BYTES))


async def batch(request: Request) -> Response:
    """Answers `go` for each chunk, after being busy for a while where asked; `refuse` reads nothing."""
    if "refuse" in request.query_params:
        return PlainTextResponse("not taken", 415)
    busy_seconds = float(request.query_params.get("busy", "0"))

    async def answer() -> AsyncIterator[bytes]:
        async for chunk in request.stream():
            if chunk:
                await asyncio.sleep(busy_seconds)
                yield b"go"

    return Duplex(answer())


def tiny_app() -> Starlette:
    app = Starlette(
        routes=[
            Route("/ready", ready),
            Route("/slow", slow),
            Route("/echo", echo, methods=["POST"]),
            Route("/big", big),
            Route("/transactions:batch", batch, methods=["POST"]),
        ]
    )
    app.state.draining = False
    return app


def settings_with(**changes: float) -> Settings:
    return Settings.model_validate({"environment": Environment.LOCAL, **changes})


if __name__ == "__main__":
    run(
        serve(
            tiny_app(),
            listen("127.0.0.1", 0),
            settings_with(drain_seconds=float(sys.argv[1]), shutdown_seconds=10),
            on_ready=lambda url: print(url, flush=True),
        )
    )
