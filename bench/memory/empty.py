"""A DynamoDB in which nothing ever is and to which everything can be written, at once: `python -m bench.memory.empty
--port N`. A real one would take an hour to write a million purchases, and remembers them."""

import argparse
import asyncio
import signal
import zlib

import msgspec

from app.server import run
from app.store.keys import CARD_INDEX, CATEGORY_INDEX, DUE_INDEX, LEDGER_INDEX
from app.store.view_keys import SCORE_INDEX
from bench.canned.answers import Answers, Received, whole
from bench.canned.protocol import CannedProtocol
from bench.canned.requests import Request

_API = b"DynamoDB_20120810."


def _answer(body: bytes) -> bytes:
    headers = ((b"Content-Type", b"application/x-amz-json-1.0"), (b"x-amz-crc32", b"%d" % zlib.crc32(body)))
    return whole(Received(200, headers, body))


# A service on a developer's machine makes its tables, and looks whether they are ready.
_READY = msgspec.json.encode(
    {
        "TableStatus": "ACTIVE",
        "GlobalSecondaryIndexes": [
            {"IndexName": name, "IndexStatus": "ACTIVE"}
            for name in (CATEGORY_INDEX, CARD_INDEX, LEDGER_INDEX, DUE_INDEX, SCORE_INDEX)
        ],
    }
)
_ANSWERS = {
    _API + b"CreateTable": _answer(b'{"TableDescription":%s}' % _READY),
    _API + b"DescribeTable": _answer(b'{"Table":%s}' % _READY),
    _API + b"UpdateTimeToLive": _answer(b"{}"),
    _API + b"Query": _answer(b'{"Items":[],"Count":0,"ScannedCount":0}'),
    _API + b"GetItem": _answer(b"{}"),
    _API + b"PutItem": _answer(b"{}"),
    _API + b"TransactWriteItems": _answer(b"{}"),
}


class EmptyTable(Answers):
    """Learns nothing: there are more different requests than would fit into memory."""

    def known(self, request: Request) -> bytes | None:
        """None for what a batch does not ask."""
        return _ANSWERS.get(request.target)


class Nobody:
    """Stands where the real database stands."""

    async def ask(self, request: Request) -> Received:
        """Always an error of the caller's."""
        return Received(400, (), b'{"__type":"ValidationException","message":"%s is not known here"}' % request.target)


async def serve(port: int) -> None:
    """On 127.0.0.1, until SIGTERM or SIGINT."""
    loop, stop, table = asyncio.get_running_loop(), asyncio.Event(), EmptyTable()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: CannedProtocol(table, Nobody()), "127.0.0.1", port)
    try:
        await stop.wait()
    finally:
        server.close()


def main() -> None:
    """Ends with 0 when it is stopped politely."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory.empty", description="A DynamoDB without memory.")
    parser.add_argument("--port", type=int, required=True)
    run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
