"""The floor: what the five answers cost when nothing is done but to ask DynamoDB and to pass on what it says.

An ASGI application without a framework; aiohttp posts requests that are templates with a few fields replaced, msgspec
decodes answers into types and encodes others. The same number of calls as the service. Left out besides what the
package says: looking at anything that was sent (wrong requests end in 500), signing, timeouts, and what keeps a ledger
a ledger (see bench.rivals.bare.transactions).
"""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from typing import Any

from bench.rivals.bare.accounts import balances
from bench.rivals.bare.calls import Calls, opened
from bench.rivals.bare.efficiency import efficiency
from bench.rivals.bare.history import history
from bench.rivals.bare.rankings import KeptCategories, ranking
from bench.rivals.bare.transactions import transaction
from bench.rivals.basics import Basics, Current, basics, current

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Floor:
    """The application. Opened and closed by the server's lifespan messages."""

    known: Basics
    current: Current
    kept: KeptCategories
    calls: Calls

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request, or the time from start to stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["method"] == "POST":
            body, status = await transaction(await _body(receive), self.calls, self.known), 201
        else:
            body, status = await self._read(scope["path"].encode(), scope["query_string"]), 200
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _read(self, path: bytes, query_string: bytes) -> bytes:
        _, _, own_id, what = path.split(b"/")
        query: dict[bytes, bytes] = dict(pair.split(b"=", 1) for pair in query_string.split(b"&"))
        match what:
            case b"kickbacks":
                return await history(own_id, query, self.calls, self.known)
            case b"rankings":
                return await ranking(own_id, query, self.calls, self.current, self.kept, self.known)
            case b"efficiency":
                return await efficiency(own_id, query, self.calls, self.current, self.known)
            case _:
                return await balances(own_id, query, self.calls, self.known)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await receive()
            self.known = basics()
            self.current = current(self.known)
            self.kept = KeptCategories()
            self.calls = await stack.enter_async_context(opened(self.known))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def create() -> Floor:
    """The application, configured by the environment."""
    return Floor()


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message["body"]
    return body
