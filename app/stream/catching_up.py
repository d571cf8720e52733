"""Counting what the stream has for a generation that is not current yet, so that nobody else reads for it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from app.domain.periods import utc_text
from app.domain.view_rows import Countable
from app.maintenance.rebuild import Superseded
from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.streams import IteratorExpired, StreamRecord, Trimmed
from app.ports.views import Generation, ViewId
from app.retrying import Backoff
from app.stream.handler import handle
from app.stream.lines import readable, vanished
from app.stream.parts import ProjectorParts
from app.stream.registering import register_shards
from app.stream.watermarks import after_batch, after_nothing, at_first_opening

_log = structlog.get_logger("kickbacks.projector")

# DynamoDB walks through a shard in portions, and a portion without records is an answer without records.
_EMPTY_READS = 3
Older = Callable[[Sequence[Countable]], Awaitable[Collection[ViewId]]]


class _NotCounted(Exception):
    """Storage did not answer for some row: the records come again."""


@dataclass(frozen=True, slots=True)
class CatchingUp:
    """Reads shard after shard, and goes on where the pass before it has ended: progress is kept as the projector
    keeps it. `limit` records come in one read; `delay` is how late the stream may show what was committed."""

    parts: ProjectorParts
    backoff: Backoff
    limit: int
    delay: timedelta

    async def __call__(self, generation: Generation, older: Older) -> None:
        """See app.maintenance.rebuild.CatchUp."""
        until = self._now() - self.delay
        done: set[str] = set()
        while True:
            known = await register_shards(self.parts.stream, self.parts.projection, generation, self._now())
            for gone in vanished(known.shards, known.progress):
                # Its records are long in the facts: they were committed before this generation was begun.
                await self._advance(generation, replace(gone, finished=True))
                done.add(gone.shard_id)
            waiting = [one for one in readable(known.shards, known.progress) if one.shard_id not in done]
            if not waiting:
                return
            for one in waiting:
                opened = at_first_opening(one, known.progress.get(one.parent or ""))
                await _Reading(self, generation, older, utc_text(until), opened).run()
                done.add(one.shard_id)

    def _now(self) -> datetime:
        return self.parts.handling.now()

    async def _advance(self, generation: Generation, progress: Progress) -> None:
        if not await self.parts.projection.advance(generation.number, progress):
            raise Superseded


@dataclass(slots=True)
class _Reading:
    """One shard in one pass."""

    using: CatchingUp
    generation: Generation
    older: Older
    until: str
    progress: Progress

    async def run(self) -> None:
        """Reads on after whatever interrupts it, as long as it gets on."""
        fruitless = 0
        while True:
            position = self.progress.position
            try:
                await self._read()
                return
            except Trimmed:
                _log.warning("records are gone that are in the facts", shard=self.progress.shard_id)
                self.progress = replace(self.progress, position=None)
            except (IteratorExpired, StoreUnavailable, _NotCounted) as error:
                _log.warning("reading goes on", shard=self.progress.shard_id, reason=str(error) or repr(error))
            fruitless = 0 if self.progress.position not in (position, None) else fruitless + 1
            if fruitless >= self.using.backoff.attempts:
                raise StoreUnavailable("the stream cannot be read, or not be counted")
            await self.using.backoff.wait(fruitless)

    async def _read(self) -> None:
        stream = self.using.parts.stream
        iterator: str | None = await stream.open(self.progress.shard_id, self.progress.position)
        empty = 0
        while iterator is not None:
            asked_at = self.using.parts.handling.now()
            read = await stream.read(iterator, self.using.limit)
            iterator = read.iterator
            if read.records:
                empty = 0
                await self._count(read.records)
                if read.records[-1].at > self.until:
                    return await self._keep(self.progress)
            else:
                empty += 1
                if empty == _EMPTY_READS and iterator is not None:
                    return await self._keep(after_nothing(self.progress, asked_at, self.using.delay))
        return await self._keep(replace(self.progress, finished=True))

    async def _count(self, records: Sequence[StreamRecord]) -> None:
        since = self.generation.since
        handling = self.using.parts.handling
        older = [one.figures for one in records if one.figures is not None and one.figures.created_at < since]
        if older:
            for view_id in await self.older(older):
                handling.applying.rows.forget(self.generation, view_id)
        handled = await handle(self.progress, records, self.generation, using=handling)
        self.progress = after_batch(self.progress, handled)
        if handled.failed is not None:
            raise _NotCounted

    async def _keep(self, progress: Progress) -> None:
        self.progress = progress
        await self.using._advance(self.generation, progress)
