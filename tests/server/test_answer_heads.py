"""Heads that are written here are uvicorn's own, byte for byte; and what it refuses goes out to nobody."""

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.server.answer_heads import WritingHeads, head_of
from tests.server.test_joined_writes import Wire

Headers = list[tuple[bytes, bytes]]
DATE = (b"date", b"Mon, 01 May 2023 12:34:56 GMT")
USUAL: Headers = [
    (b"content-length", b"5"),
    (b"content-type", b"application/json"),
    (b"x-request-id", b"r-1"),
    (b"cache-control", b"private, no-store"),
]
NAMES = [
    *(b"content-length", b"Content-Length", b"content-type", b"x-request-id", b"X-Request-Id", b"location"),
    *(b"connection", b"transfer-encoding", b"upgrade", b"link", b"server-timing", b"vary", b"x y", b"x:y", b""),
]
VALUES = [b"5", b"05", b"4", b"", b"-5", b"five", b"close", b"keep-alive", b"chunked", b"a b\tc", b"\xe3\x81\x82"]


def asking(headers: Headers, *, status: int = 200, body: bytes = b"hello") -> ASGIApp:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def answered(app: ASGIApp, method: str = "GET", **options: Any) -> list[bytes | None]:
    """Each write, `None` for the end, and then whether the connection stays."""
    return asyncio.run(_answered(app, method, **options))


async def _answered(app: ASGIApp, method: str, *, keep_alive: bool = True, pause: bool = False) -> list[bytes | None]:
    wire, log = Wire(), logging.getLogger("test.uvicorn")
    log.disabled = True
    flow = FlowControl(wire)
    cycle = RequestResponseCycle(
        scope={"type": "http", "method": method, "headers": []},  # type: ignore[typeddict-item]  # it reads no more
        transport=wire,
        flow=flow,
        logger=log,
        access_logger=log,
        access_log=False,
        default_headers=[DATE],
        message_event=asyncio.Event(),
        expect_100_continue=True,
        keep_alive=keep_alive,
        on_response=lambda: None,
    )

    def drained() -> None:
        wire.written.append(b"(drained)")
        flow.resume_writing()

    if pause:
        flow.pause_writing()
        asyncio.get_running_loop().call_later(0.01, drained)
    await cycle.run_asgi(app)  # type: ignore[arg-type]  # uvicorn's own names of the same types
    assert cycle.waiting_for_100_continue is not cycle.response_started
    return wire.written


def both(headers: Headers, method: str = "GET", status: int = 200, **options: Any) -> list[bytes | None]:
    """What is written either way."""
    app = asking(headers, status=status)
    ours, uvicorns = answered(WritingHeads(app), method, **options), answered(app, method, **options)
    assert ours == uvicorns
    return ours


PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.binary(max_size=6))


@given(
    st.lists(PAIRS, max_size=4),
    st.booleans(),
    st.sampled_from(["GET", "HEAD"]),
    st.sampled_from([200, 201, 204, 304, 404]),
    st.booleans(),
)
def test_they_are_uvicorns(more: Headers, usual: bool, method: str, status: int, keep_alive: bool) -> None:
    both([*(USUAL if usual else []), *more], method, status, keep_alive=keep_alive)


@given(st.sampled_from([b"location", b"x-request-id", b"link", b"server-timing", b"x-other"]), st.binary(max_size=12))
def test_no_value_ends_its_line(name: bytes, value: bytes) -> None:
    head = head_of(200, [(b"content-length", b"5"), (name, value)])
    uvicorn_refuses = any((one < 0x20 and one != 0x09) or one == 0x7F for one in value)
    assert (head is None) is uvicorn_refuses
    if head is not None:
        assert head[0].split(b"\r\n") == [b"HTTP/1.1 200 OK", b"content-length: 5", name + b": " + value, b"", b""]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\0"])
def test_a_client_that_smuggles_a_line_gets_none(end: bytes) -> None:
    assert both([*USUAL, (b"location", b"/transactions/a" + end + b"set-cookie: a=b")]) == [None]


def test_a_usual_head_is_written_here() -> None:
    head = head_of(200, [DATE], USUAL)
    assert head is not None
    assert head[1] == 5
    assert both(USUAL) == [head[0], b"hello"]


@pytest.mark.parametrize(
    "headers",
    [
        USUAL[1:],
        [*USUAL, (b"content-length", b"5")],
        [*USUAL, (b"connection", b"close")],
        [*USUAL, (b"Transfer-Encoding", b"chunked")],
        [*USUAL, (b"x y", b"z")],
    ],
    ids=["no length", "two lengths", "closing", "chunked", "a name that is none"],
)
def test_what_is_unusual_is_left_to_uvicorn(headers: Headers) -> None:
    assert head_of(200, headers) is None
    both(headers)


def test_bodies_are_held_to_their_length() -> None:
    for body in (b"hell", b"hello!"):
        app = asking(USUAL, body=body)
        assert answered(WritingHeads(app)) == answered(app)
        assert None in answered(app)


def test_who_does_not_read_is_waited_for() -> None:
    assert both(USUAL, pause=True)[0] == b"(drained)"


def test_a_second_head_is_refused() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        for _again in range(2):
            await send({"type": "http.response.start", "status": 200, "headers": USUAL})

    assert answered(WritingHeads(app)) == answered(app)


def test_remembered_lines_are_bounded() -> None:
    for number in range(2_000):
        assert head_of(200, [(b"content-length", b"0"), (b"x-some", b"%d" % number)]) is not None
    both([*USUAL, (b"x-some", b"7")])
