"""`app.aws_lambda.handler`: the projector as a function behind the facts table's stream.

The event source mapping needs TumblingWindowInSeconds (only then does Lambda name the shard), ReportBatchItemFailures,
StartingPosition TRIM_HORIZON, ParallelizationFactor 1, and neither a bound on attempts nor on a record's age: a record
that is left out is left out of the views.
"""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.bootstrap import open_projector
from app.logs import configure_logs
from app.settings import Settings
from app.store.stream_codec import record_from_event
from app.stream.lambda_events import handle_event
from app.stream.parts import ProjectorParts


class _Container:
    """The loop and the clients, which live as long as Lambda keeps the container."""

    def __init__(self) -> None:
        configure_logs()
        self._runner = asyncio.Runner()
        self._opened = open_projector(Settings())
        self._parts: ProjectorParts = self._runner.run(self._open())

    async def _open(self) -> ProjectorParts:
        return await self._opened.__aenter__()

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return self._runner.run(handle_event(event, self._parts, decode=record_from_event))


@cache
def _container() -> _Container:
    return _Container()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """What Lambda calls."""
    return _container().handle(event)
