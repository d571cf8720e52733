"""The canned database answers what it has learned, in order and whatever pieces the questions come in."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.canned.answers import WRITTEN, Answers, Received, whole
from bench.canned.protocol import CannedProtocol
from bench.canned.requests import MOST_BODY_BYTES, MOST_HEAD_BYTES, Malformed, Request, take

CUT = "the connection was cut"


class Wire(asyncio.Transport):
    """What was sent, and how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.ended: str | None = None

    def write(self, data: Any) -> None:
        self.sent += data

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = CUT


class Database:
    """Answers with what it was asked, after a moment."""

    def __init__(self, status: int = 200, *, fails: bool = False) -> None:
        self.asked: list[bytes] = []
        self._status = status
        self._fails = fails

    async def ask(self, request: Request) -> Received:
        self.asked.append(request.body)
        await asyncio.sleep(0)
        if self._fails:
            raise ConnectionError("the real database is gone")
        return Received(self._status, ((b"Content-Type", b"text/plain"),), request.body)


def request_of(body: bytes, operation: str = "Query", more: str = "") -> bytes:
    head = f"POST / HTTP/1.1\r\nHost: x\r\nx-AMZ-target: DynamoDB_20120810.{operation}\r\n{more}"
    return f"{head}Content-length:  {len(body)}\r\n\r\n".encode() + body


def echo(body: bytes, status: int = 200) -> bytes:
    return whole(Received(status, ((b"Content-Type", b"text/plain"),), body))


def connected(answers: Answers, database: Database) -> tuple[CannedProtocol, Wire]:
    protocol, wire = CannedProtocol(answers, database), Wire()
    protocol.connection_made(wire)
    return protocol, wire


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("received", "wanted"),
    [
        (b"", None),
        (request_of(b"abc")[:-1], None),
        (request_of(b"abc")[:20], None),
        (request_of(b"abc"), (b"DynamoDB_20120810.Query", b"abc", False, b"")),
        (request_of(b"abc") + b"POST", (b"DynamoDB_20120810.Query", b"abc", False, b"POST")),
        (request_of(b"", more="Connection: Close\r\n"), (b"DynamoDB_20120810.Query", b"", True, b"")),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", (b"", b"", False, b"")),
    ],
)
def test_a_request_is_taken_when_it_is_complete(received: bytes, wanted: tuple[object, ...] | None) -> None:
    taken = take(received)

    found = None if taken is None else (taken[0].target, taken[0].body, taken[0].closes, taken[1])
    assert found == wanted


@pytest.mark.parametrize(
    "received",
    [
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1),
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nX: " + b"x" * MOST_HEAD_BYTES,
    ],
)
async def test_what_is_not_understood_is_cut_off(received: bytes) -> None:
    with pytest.raises(Malformed):
        take(received)
    protocol, wire = connected(Answers(), Database())
    protocol.data_received(received)
    assert (wire.sent, wire.ended) == (b"", CUT)


@given(bodies=st.lists(st.binary(max_size=40), min_size=1, max_size=6), cuts=st.lists(st.integers(1, 200), max_size=12))
def test_any_pieces_are_answered_in_order(bodies: list[bytes], cuts: list[int]) -> None:
    async def answered() -> bytes:
        protocol, wire = connected(Answers(), Database())
        left = b"".join(map(request_of, bodies))
        for cut in cuts:
            protocol.data_received(left[:cut])
            left = left[cut:]
            await asyncio.sleep(0)
        protocol.data_received(left)
        await settled()
        return wire.sent

    with asyncio.Runner() as runner:
        assert runner.run(answered()) == b"".join(map(echo, bodies))


async def test_a_read_is_asked_for_once_and_writes_never() -> None:
    answers, database = Answers(), Database()
    protocol, wire = connected(answers, database)
    for body, operation in ((b"one", "Query"), (b"one", "Query"), (b"one", "GetItem"), (b"x", "TransactWriteItems")):
        protocol.data_received(request_of(body, operation))
        await settled()
    assert database.asked == [b"one", b"one"]
    assert wire.sent == 3 * echo(b"one") + WRITTEN
    assert (answers.misses, answers.counts()) == (2, {"Query": 2, "GetItem": 1, "TransactWriteItems": 1})


@pytest.mark.parametrize(("operation", "status"), [("Query", 400), ("DescribeTable", 200), ("UpdateTable", 200)])
async def test_errors_and_what_is_not_a_read_are_not_remembered(operation: str, status: int) -> None:
    answers, database = Answers(), Database(status)
    protocol, wire = connected(answers, database)
    for _ in range(2):
        protocol.data_received(request_of(b"one", operation))
        await settled()
    assert wire.sent == 2 * echo(b"one", status)
    assert answers.misses == 2


async def test_whoever_asks_is_told_when_the_real_database_is_gone() -> None:
    failures: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: failures.append(str(context["exception"])))
    try:
        protocol, wire = connected(Answers(), Database(fails=True))
        protocol.data_received(request_of(b"one"))
        await settled()
    finally:
        loop.set_exception_handler(None)
    assert (wire.sent, wire.ended, failures) == (b"", CUT, ["the real database is gone"])


async def test_nothing_is_sent_after_the_connection_is_lost() -> None:
    answers = Answers()
    protocol, wire = connected(answers, Database())
    protocol.data_received(request_of(b"one"))
    protocol.connection_lost(None)
    await settled()
    assert (wire.sent, answers.misses) == (b"", 0)


async def test_a_polite_end_and_the_counts() -> None:
    protocol, wire = connected(Answers(), Database())
    protocol.data_received(request_of(b"x", "PutItem") + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert wire.sent.startswith(WRITTEN)
    assert json.loads(wire.sent.rpartition(b"\r\n\r\n")[2]) == {"calls": {"PutItem": 1}, "misses": 0}
    assert wire.ended == "closed"


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.canned.answers._MOST_REMEMBERED", 2)
    answers = Answers()
    asked = [Request(b"DynamoDB_20120810.Query", b"%d" % number, b"", False) for number in range(3)]
    for one in asked:
        answers.learn(one, Received(200, (), b""))
    assert [answers.known(one) is not None for one in asked] == [True, True, False]
