"""A projector that counts what the stream has, and stops."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.bootstrap.binding import now, valuation
from app.bootstrap.projector import backoff, projection_of, view_writer_of
from app.domain.totals import Figures
from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.streams import Stream, StreamRecord, StreamShard
from app.ports.views import Generation
from app.projections.applying import Applying
from app.projections.remembered import RememberedRows
from app.settings import Settings
from app.stream.handler import Handling, handle
from bench.http_client import Unexpected
from bench.views.counting import CountingWriter

_REMEMBERED_ROWS = 20_000
# A portion of the stream without records is an answer without records; so many of them are the end.
_EMPTY_READS = 3
_LOOKS, _LOOK_SECONDS = 50, 0.1


@dataclass(frozen=True, slots=True)
class Passed:
    """One measurement: purchases, rows (both 0 where there are none), and how long it took."""

    purchases: int
    rows: int
    seconds: float
    cpu_seconds: float | None = None


class Projecting:
    """One for each generation. It goes on in the stream where it has stopped."""

    def __init__(self, settings: Settings, client: Any, stream: Stream, *, group: int, number: int) -> None:
        self._stream = stream
        self._limit = settings.stream_batch
        self._generation = Generation(number, settings.view_shards, valuation(settings), "")
        self.writer = CountingWriter(view_writer_of(settings.model_copy(update={"view_group": group}), client))
        applying = Applying(self.writer, RememberedRows(_REMEMBERED_ROWS), backoff())
        self._handling = Handling(applying, projection_of(settings, client), now)
        self._position: str | None = None

    async def _shards(self) -> Sequence[StreamShard]:
        """DynamoDB Local shows a new table's stream a moment late when it is busy."""
        for _ in range(_LOOKS):
            try:
                return await self._stream.shards()
            except StoreUnavailable:
                await asyncio.sleep(_LOOK_SECONDS)
        return await self._stream.shards()

    async def count(self) -> Passed:
        """Everything that is there now. The clock stops when the last record is counted."""
        shard, *others = await self._shards()
        if others:
            raise Unexpected("DynamoDB Local has split its stream")
        self.writer.rows, self.writer.batches = 0, []
        started, cpu = time.perf_counter(), time.process_time()
        passed, empty = Passed(0, 0, 0.0), 0
        iterator: str | None = await self._stream.open(shard.shard_id, self._position)
        while iterator is not None and empty < _EMPTY_READS:
            read = await self._stream.read(iterator, self._limit)
            iterator, empty = read.iterator, 0 if read.records else empty + 1
            if read.records:
                await self._handle(shard.shard_id, list(read.records))
                purchases = passed.purchases + sum(isinstance(one.figures, Figures) for one in read.records)
                spent = time.perf_counter() - started, time.process_time() - cpu
                passed = Passed(purchases, self.writer.rows, *spent)
        return passed

    async def _handle(self, shard_id: str, records: list[StreamRecord]) -> None:
        handled = await handle(Progress(shard_id, "bench", 0), records, self._generation, using=self._handling)
        if handled.failed is not None:
            raise Unexpected("not every record was counted")
        self._position = handled.position
