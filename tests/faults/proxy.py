"""A proxy between the service and DynamoDB that does to chosen calls what networks and overload do.

DynamoDB Local never shows a conflict, a throttle or a lost answer by itself.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from zlib import crc32

from aiohttp import ClientSession, web


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


@dataclass(slots=True)
class Proxy:
    """`decide` is asked for each call with its operation's name, `listen` is told that and the body; `seen` and `fired`
    count calls and faults."""

    upstream: str
    url: str = ""
    decide: Callable[[str], Fault | None] = lambda _: None
    listen: Callable[[str, bytes], None] = lambda *_: None
    seen: Counter[str] = field(default_factory=Counter)
    fired: Counter[Fault] = field(default_factory=Counter)

    def reset(self) -> None:
        """No more faults, and all counts at zero."""
        self.decide = lambda _: None
        self.seen.clear()
        self.fired.clear()

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
    async with ClientSession(auto_decompress=False) as session:
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
    if fault is not None:
        one.fired[fault] += 1
    body = await request.read()
    one.listen(operation, body)
    match fault:
        case Fault.LOSE_REQUEST:
            return _cut(request)
        case Fault.THROTTLE:
            return _error("ThrottlingException", 400)
        case Fault.CONFLICT:
            return _conflict(body)
        case Fault.INTERNAL:
            return _error("InternalServerError", 500)
        case Fault.HTML:
            return web.Response(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html")
    headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
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
        return web.Response(status=answer.status, body=content, headers=kept)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _error(code: str, status: int, **more: object) -> web.Response:
    content = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "injected", **more}
    return web.Response(status=status, body=json.dumps(content).encode(), content_type="application/x-amz-json-1.0")


def _conflict(body: bytes) -> web.Response:
    actions = len(json.loads(body)["TransactItems"])
    reasons = [{"Code": "None"}] * (actions - 1) + [{"Code": "TransactionConflict", "Message": "injected"}]
    return _error("TransactionCanceledException", 400, CancellationReasons=reasons)
