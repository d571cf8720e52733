"""A batch may be as long as it likes: what it has left behind in memory does not grow with its lines."""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

import msgspec
import pytest
from starlette.types import Message

from app.api.application import build_application
from app.api.services import Services
from app.bootstrap import build_services
from app.commands import record_batch
from app.settings import Environment, Settings
from app.store.wire import BODY
from tests.bodies import body

WARM, LINES = 960, 2_400
CHUNK = 120
# Objects that one line leaves behind at most: whoever keeps as much as its id for each keeps one.
A_LINE = 0.5


class _Nothing:
    """Stands where the client stands: nothing is there, and everything can be written."""

    async def query(self, **_: Any) -> dict[str, bytes]:
        return {BODY: b'{"Items":[]}'}

    async def put_item(self, **_: Any) -> dict[str, bytes]:
        return {BODY: b"{}"}

    async def transact_write_items(self, **_: Any) -> dict[str, bytes]:
        return {BODY: b"{}"}


class _Exchange:
    """One batch: its lines are made as they are asked for, its results are counted and dropped."""

    def __init__(self) -> None:
        self.answered = 0
        self.held: dict[int, int] = {}
        self._lines = (msgspec.json.encode(body(f"{place:07d}")) + b"\n" for place in range(LINES))

    async def receive(self) -> Message:
        chunk = b"".join(islice(self._lines, CHUNK))
        return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

    async def send(self, message: Message) -> None:
        results = message.get("body", b"")
        assert results.count(b'"status":201') == results.count(b"\n")
        self.answered += results.count(b"\n")
        if results and self.answered in (WARM, LINES):  # the last message of all is empty
            gc.collect()
            self.held[self.answered] = sys.getallocatedblocks()


async def test_lines_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line has a user, an account and a transaction of its own."""
    monkeypatch.setattr(record_batch, "_REMEMBERED_HEADS", 200)

    @asynccontextmanager
    async def open_services() -> AsyncIterator[Services]:
        yield build_services(Settings(environment=Environment.LOCAL), _Nothing())

    app = build_application(open_services, new_request_id=lambda: "id", deadline_seconds=15)
    batch = _Exchange()
    headers = [(b"content-type", b"application/x-ndjson")]
    scope = {"type": "http", "method": "POST", "path": "/transactions:batch", "headers": headers, "query_string": b""}
    async with app.router.lifespan_context(app):
        await app(scope | {"raw_path": b"/transactions:batch", "root_path": ""}, batch.receive, batch.send)

    assert batch.answered == LINES
    assert batch.held[LINES] - batch.held[WARM] < (LINES - WARM) * A_LINE
