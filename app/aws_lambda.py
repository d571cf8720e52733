"""`app.aws_lambda.handler`: the projector as a function behind the facts table's stream.

The event source mapping needs TumblingWindowInSeconds (only then does Lambda name the shard), ReportBatchItemFailures,
StartingPosition TRIM_HORIZON, ParallelizationFactor 1, and neither a bound on attempts nor on a record's age: a record
that is left out is left out of the views.
"""

import asyncio
import math
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import cache
from typing import Any

from app.bootstrap import open_projector
from app.logs import configure_logs
from app.settings import Settings
from app.store.stream_codec import record_from_event
from app.stream.lambda_events import handle_event
from app.stream.parts import ProjectorParts
from app.tracing import open_tracing


class _Container:
    """The loop and the clients, which live as long as Lambda keeps the container."""

    def __init__(self) -> None:
        configure_logs()
        self._runner = asyncio.Runner()
        self._open_for_ever = AsyncExitStack()
        self._runner.run(self._open(Settings()))

    async def _open(self, settings: Settings) -> None:
        self._flush = await self._open_for_ever.enter_async_context(open_tracing(settings))
        self._flush_seconds = settings.otel_metric_export_interval / 1000
        self._flushed_at = -math.inf
        self._parts: ProjectorParts = await self._open_for_ever.enter_async_context(open_projector(settings))

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return self._runner.run(self._handle(event))

    async def _handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return await handle_event(event, self._parts, decode=record_from_event)
        finally:
            # Between two events the process stands still: what a timer would do is done here.
            if time.monotonic() - self._flushed_at >= self._flush_seconds:
                await self._flush()
                self._flushed_at = time.monotonic()


@cache
def _container() -> _Container:
    return _Container()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What Lambda calls."""
    return _container().handle(event)
