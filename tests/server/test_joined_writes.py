"""What uvicorn writes of an answer, and in how many pieces it goes out."""

import asyncio
import logging
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.server.joined_writes import join_writes

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"


class Wire(asyncio.Transport):
    """Each write, and `None` for the end."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes | None] = []

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.written.append(None)

    def is_closing(self) -> bool:
        return None in self.written


async def written(
    app: ASGIApp, method: str = "GET", *, expects_100: bool = False, wire: Wire | None = None
) -> list[bytes | None]:
    wire, log = wire or Wire(), logging.getLogger("test.uvicorn")
    log.disabled = True
    cycle = RequestResponseCycle(
        scope={"type": "http", "method": method, "headers": []},  # type: ignore[typeddict-item]  # it reads no more
        transport=wire,
        flow=FlowControl(wire),
        logger=log,
        access_logger=log,
        access_log=False,
        default_headers=[],
        message_event=asyncio.Event(),
        expect_100_continue=expects_100,
        keep_alive=True,
        on_response=lambda: None,
    )
    cycle.more_body = False
    cycle.message_event.set()
    join_writes(wire, cycle)
    await cycle.run_asgi(app)  # type: ignore[arg-type]  # uvicorn's own names of the same types
    return wire.written


async def test_head_and_body_are_one_write() -> None:
    assert await written(Response(b"hello")) == [HEAD + b"hello"]


async def test_so_are_a_head_and_an_empty_body() -> None:
    assert await written(Response()) == [b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]
    assert await written(Response(status_code=204)) == [b"HTTP/1.1 204 No Content\r\n\r\n"]


async def test_the_head_goes_out_with_the_first_piece_of_a_body() -> None:
    pieces = StreamingResponse(iter([b"hel", b"lo"]), headers={"content-length": "5"})
    assert await written(pieces) == [HEAD + b"hel", b"lo", b""]


async def test_the_head_alone_answers_a_head() -> None:
    assert await written(Response(b"hello"), "HEAD") == [HEAD]


async def test_who_waits_for_100_gets_it_at_once() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await Response(b"hello")(scope, receive, send)

    assert await written(app, expects_100=True) == [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"hello"]


async def test_nothing_is_written_to_a_connection_that_was_cut() -> None:
    """Before its application is told: writing would be an error then, for each piece of the answer."""
    wire = Wire()
    wire.close()

    assert await written(StreamingResponse(iter([b"hel", b"lo"])), wire=wire) == [None]


@pytest.mark.parametrize("raises", [True, False])
async def test_an_answer_that_breaks_off_behind_its_head_goes_out_before_the_end(raises: bool) -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        if raises:
            raise LookupError

    assert await written(app) == [HEAD, None]
    assert (await written(app))[-1] is None
