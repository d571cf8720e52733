"""Following one stream shard from where it is counted to its end, for as long as its lease is ours."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from app.domain.periods import utc_text
from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.streams import IteratorExpired, StreamRecord, Trimmed
from app.ports.views import Generation
from app.retrying import Backoff
from app.stream.handler import handle
from app.stream.isolating import isolated
from app.stream.pace import Pace
from app.stream.parts import ProjectorParts
from app.stream.watermarks import after_batch, after_nothing, at_first_opening, was_left_too_long
from app.telemetry import PROJECTOR_FAILURES, STREAM_GAPS

_log = structlog.get_logger("kickbacks.projector")
# After so many failures in a row that have another reason than storage, the records themselves are looked at.
_TRIES = 5
# A read may find nothing though there is more: DynamoDB walks over empty parts of a shard. After opening one, so many
# empty reads in a row are taken for its end.
_EMPTY_READS = 3
_LONGEST_BACKOFF = 8


@dataclass(frozen=True, slots=True)
class Following:
    """What followers work with. `before_end` is awaited before a shard is marked as finished."""

    parts: ProjectorParts
    owner: str
    pace: Pace
    backoff: Backoff
    slots: asyncio.Semaphore
    before_end: Callable[[str, Generation], Awaitable[None]]

    def now(self) -> datetime:
        """By the handler's clock."""
        return self.parts.handling.now()


class _LeaseLost(Exception):
    """Somebody else has the shard now."""


class Follower:
    """One shard. `progress` is as it was claimed, `parent` that of the shard before it."""

    def __init__(
        self, progress: Progress, parent: Progress | None, generation: Generation, *, using: Following
    ) -> None:
        self.progress = progress
        self._parent = parent
        self._generation = generation
        self._using = using
        self._projection = using.parts.projection
        self._saving = asyncio.Lock()
        self._iterator: str | None = None
        self._from_oldest = False
        self._failures = 0
        self._trimmed = 0
        self._defects = 0
        self._empty_reads = 0
        self._settled = False
        self._unsaved = False
        self._saved_at = using.now()

    async def run(self) -> None:
        """Returns when the shard is finished or its lease is lost. Never raises but when cancelled."""
        work = asyncio.create_task(self._follow())
        lease = asyncio.create_task(self._keep_lease())
        try:
            await asyncio.wait({work, lease}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, lease):
                task.cancel()
            for ended in await asyncio.gather(work, lease, return_exceptions=True):
                if isinstance(ended, Exception):
                    PROJECTOR_FAILURES.labels("unexpected").inc()
                    _log.error("a follower ended by itself", shard=self.progress.shard_id, exc_info=ended)

    async def _follow(self) -> None:
        while not self.progress.finished:
            try:
                came = await self._step()
                self._failures = self._defects = 0
            except _LeaseLost:
                return
            except IteratorExpired:
                await self._again("expired")
            except Trimmed:
                await self._again("trimmed")
            except StoreUnavailable as error:
                _log.warning("a stream shard waits for storage", shard=self.progress.shard_id, reason=str(error))
                await self._again("unavailable")
            except Exception:  # told and counted: a defect that one record brings out must not end the whole shard
                _log.exception("a stream shard could not be followed", shard=self.progress.shard_id)
                self._defects += 1
                await self._again("unexpected")
            else:
                if not came:
                    await self._using.backoff.sleep(self._using.pace.poll)

    async def _step(self) -> bool:
        """One read, and what it brought counted. Whether it brought anything."""
        async with self._using.slots:
            try:
                iterator = self._iterator or await self._open()
                asked_at = self._using.now()
                read = await self._using.parts.stream.read(iterator, self._using.pace.batch)
            except Trimmed:
                # An iterator that an earlier read gave is good for minutes, and records for a day: opening again tells
                # whether any are gone. (DynamoDB Local says so where it waited at a shard's start for its first one.)
                # Nor is that certain when it says so of a new iterator for the first time: a second one tells.
                if self._iterator is None:
                    self._trimmed += 1
                    if self._trimmed > 1:
                        await self._lost("records were dropped by the stream before they were read")
                raise
            self._trimmed = 0
            if read.records:
                await self._count(read.records)
            elif read.iterator is not None:
                await self._nothing_came(asked_at)
        if read.iterator is None:
            await self._finish()
        self._iterator = read.iterator
        return bool(read.records)

    async def _open(self) -> str:
        if self.progress.position is None and not self._from_oldest:
            self.progress = at_first_opening(self.progress, self._parent)
            if was_left_too_long(self.progress, self._generation, self._using.now()):
                await self._lost("it was not read for longer than the stream keeps its records")
        self._empty_reads, self._settled = 0, False
        after = None if self._from_oldest else self.progress.position
        return await self._using.parts.stream.open(self.progress.shard_id, after)

    async def _count(self, records: Sequence[StreamRecord]) -> None:
        self._empty_reads = 0
        if self._defects >= _TRIES:
            records = isolated(self.progress, records)
        handled = await handle(self.progress, records, self._generation, using=self._using.parts.handling)
        if handled.position is not None:
            await self._save(after_batch(self.progress, handled))
            self._from_oldest = False
            self._unsaved = True  # that it is caught up is to be saved at once
        if handled.failed is not None:
            raise StoreUnavailable("some records are not counted yet")

    async def _nothing_came(self, asked_at: datetime) -> None:
        self._empty_reads += 1
        self._settled = self._settled or self._empty_reads >= _EMPTY_READS
        if not self._settled:
            return
        self.progress = after_nothing(self.progress, asked_at, self._using.pace.delay)
        if self._unsaved or self._using.now() - self._saved_at >= self._using.pace.note:
            await self._save(self.progress)
            self._unsaved = False

    async def _finish(self) -> None:
        # Children first: between the two, nothing would say that what they carry is not counted yet.
        await self._using.before_end(self.progress.shard_id, self._generation)
        await self._save(replace(self.progress, finished=True))
        _log.info("a stream shard is finished", shard=self.progress.shard_id)

    async def _lost(self, reason: str) -> None:
        """Says so, once, and goes on from the oldest record there is."""
        self._iterator = None
        self._from_oldest = True
        if self.progress.gap is None:
            STREAM_GAPS.inc()
            _log.error("records were lost", shard=self.progress.shard_id, reason=reason)
            await self._save(replace(self.progress, gap=reason))

    async def _save(self, progress: Progress) -> None:
        """Raises _LeaseLost."""
        async with self._saving:
            saved = replace(progress, owner=self._using.owner, owned_until=self.progress.owned_until)
            if not await self._projection.advance(self._generation.number, saved):
                raise _LeaseLost
            self.progress = saved
            self._saved_at = self._using.now()

    async def _again(self, reason: str) -> None:
        PROJECTOR_FAILURES.labels(reason).inc()
        self._iterator = None
        self._failures += 1
        await self._using.backoff.wait(min(self._failures - 1, _LONGEST_BACKOFF))

    async def _keep_lease(self) -> None:
        """Returns when it is lost. A batch may take longer than a lease."""
        lease = self._using.pace.lease
        while True:
            await self._using.backoff.sleep(lease.total_seconds() / 3)
            try:
                async with self._saving:
                    now = self._using.now()
                    until = utc_text(now + lease)
                    claimed = await self._projection.claim(
                        self._generation.number,
                        self.progress.shard_id,
                        self._using.owner,
                        now=utc_text(now),
                        until=until,
                    )
                    if claimed is None:
                        return
                    self.progress = replace(self.progress, owned_until=until)
            except StoreUnavailable as error:
                _log.warning("a lease was not prolonged", shard=self.progress.shard_id, reason=str(error))
