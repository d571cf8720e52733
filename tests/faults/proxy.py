"""A proxy between the service and DynamoDB that does to chosen calls what networks and overload do.

DynamoDB Local never shows a conflict, a throttle or a lost answer by itself.
"""

import asyncio
import json
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from zlib import crc32

from aiohttp import ClientError, ClientSession, TCPConnector, web

from tests.faults.unprocessed import answer_with, held_back


class Fault(Enum):
    """What happens to a call instead of going through."""

    LOSE_RESPONSE = auto()  # applied, but the connection breaks before the answer
    LOSE_REQUEST = auto()  # the connection breaks before it is applied
    THROTTLE = auto()
    CONFLICT = auto()  # a transaction cancelled because another one was under way
    INTERNAL = auto()
    HTML = auto()  # a gateway's page instead of an answer
    TRUNCATE = auto()  # applied, but half of the answer is missing
    CORRUPT = auto()  # applied, but the answer is not what its checksum says
    DELAY = auto()  # goes through `delay_seconds` later
    RESET = auto()  # applied, but the connection is reset in the middle of the answer
    UNPROCESSED = auto()  # of a batch of several only a part is done, and the answer names the rest
    SKEWED = auto()  # refused: the caller's clock is too far off


_NOT_PASSED_ON = frozenset({"host", "content-length"})  # the connection's own


@dataclass(slots=True)
class Proxy:
    """`decide` is asked for each call with its operation's name, and `inspect`, where that has no fault, with its body
    too; `listen` is told both. `seen` and `fired` count calls and faults, `keep` says how many of a batch are done."""

    upstream: str
    url: str = ""
    decide: Callable[[str], Fault | None] = lambda _: None
    inspect: Callable[[str, bytes], Fault | None] = lambda *_: None
    listen: Callable[[str, bytes], None] = lambda *_: None
    keep: Callable[[int], int] = lambda _: 1
    delay_seconds: float = 2.0
    seen: Counter[str] = field(default_factory=Counter)
    fired: Counter[Fault] = field(default_factory=Counter)

    def reset(self) -> None:
        """No more faults, and all counts at zero."""
        self.heal()
        self.seen.clear()
        self.fired.clear()

    def heal(self) -> None:
        """No more faults."""
        self.decide = lambda _: None
        self.inspect = lambda *_: None

    def once(self, operation: str, *faults: Fault) -> None:
        """These faults for the next calls of an operation, one each."""
        left = list(faults)

        def decide(name: str) -> Fault | None:
            return left.pop(0) if left and name == operation else None

        self.decide = decide


@asynccontextmanager
async def proxy(upstream: str) -> AsyncIterator[Proxy]:
    """A running proxy to the database at `upstream`."""
    one = Proxy(upstream)
    async with ClientSession(auto_decompress=False, connector=TCPConnector(limit=0)) as session:
        app = web.Application(client_max_size=16 * 1024 * 1024)

        async def handle(request: web.Request) -> web.StreamResponse:
            return await _handle(one, session, request)

        app.router.add_post("/", handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield one
        finally:
            await runner.cleanup()


async def _handle(one: Proxy, session: ClientSession, request: web.Request) -> web.StreamResponse:
    operation = request.headers["X-Amz-Target"].partition(".")[2]
    one.seen[operation] += 1
    fault = one.decide(operation)
    body = await request.read()
    if fault is None:
        fault = one.inspect(operation, body)
    one.listen(operation, body)
    left: bytes | None = None
    if fault is Fault.UNPROCESSED:
        body, left = held_back(operation, body, one.keep)
        fault = fault if left else None
    if fault is not None:
        one.fired[fault] += 1
    refused = _refused(fault, request, body)
    if refused is not None:
        return refused
    if fault is Fault.DELAY:
        await asyncio.sleep(one.delay_seconds)
    try:
        return await _forwarded(one, session, request, body, fault, left)
    except ClientError:  # the database is away: so are we
        return _cut(request)


def _refused(fault: Fault | None, request: web.Request, body: bytes) -> web.Response | None:
    """The answer of what goes no further; None for the rest."""
    match fault:
        case Fault.LOSE_REQUEST:
            return _cut(request)
        case Fault.THROTTLE:
            return _error("ThrottlingException", 400)
        case Fault.CONFLICT:
            return _conflict(body)
        case Fault.INTERNAL:
            return _error("InternalServerError", 500)
        case Fault.SKEWED:
            return _error("RequestTimeTooSkewed", 403)
        case Fault.HTML:
            return web.Response(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html")
    return None


async def _forwarded(
    one: Proxy, session: ClientSession, request: web.Request, body: bytes, fault: Fault | None, left: bytes | None
) -> web.StreamResponse:
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_PASSED_ON}
    async with session.post(one.upstream, data=body, headers=headers) as answer:
        content = await answer.read()
        if fault is Fault.LOSE_RESPONSE:
            return _cut(request)
        kept = {name: answer.headers[name] for name in ("Content-Type", "x-amzn-RequestId") if name in answer.headers}
        if fault is Fault.TRUNCATE:
            content = content[: len(content) // 2]
        if fault is Fault.CORRUPT:
            kept["x-amz-crc32"] = str(crc32(content))
            content = content.replace(b"{", b"[", 1)
        if fault is Fault.RESET:
            return await _reset(request, content)
        if left is not None and answer.status == 200:
            content = answer_with(content, left)
        return web.Response(status=answer.status, body=content, headers=kept)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _reset(request: web.Request, content: bytes) -> web.StreamResponse:
    """Half of it, and then the connection is gone."""
    response = web.StreamResponse(headers={"Content-Length": str(len(content) + 1)})
    await response.prepare(request)
    await response.write(content[: len(content) // 2 + 1])
    transport = request.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return response


def _error(code: str, status: int, **more: object) -> web.Response:
    content = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "injected", **more}
    return web.Response(status=status, body=json.dumps(content).encode(), content_type="application/x-amz-json-1.0")


def _conflict(body: bytes) -> web.Response:
    actions = len(json.loads(body)["TransactItems"])
    reasons = [{"Code": "None"}] * (actions - 1) + [{"Code": "TransactionConflict", "Message": "injected"}]
    return _error("TransactionCanceledException", 400, CancellationReasons=reasons)
