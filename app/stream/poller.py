"""The projector as a loop in a process of ours: finds the stream's shards, takes those nobody else has, follows them.

Any number of them may run. It may end at any point, and another goes on: what a row has counted stands in the row.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from app.domain.periods import utc_text
from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.streams import StreamShard
from app.ports.views import Generation
from app.retrying import Backoff
from app.stream.follower import Follower, Following
from app.stream.lines import forgettable, readable, vanished
from app.stream.pace import Pace
from app.stream.parts import ProjectorParts
from app.stream.registering import register_shards
from app.stream.watermarks import lag_seconds
from app.telemetry import PROJECTION_LAG, PROJECTOR_FAILURES, STREAM_GAPS

_log = structlog.get_logger("kickbacks.projector")
_LONGEST_BACKOFF = 8
_WITHOUT_GENERATION = 0.5
_RELEASE_SECONDS = 0.5
# A closed shard has children, and the listing may show them late; a stream that was switched off has no more.
_LOOKS_FOR_CHILDREN = 3


async def poll(
    parts: ProjectorParts, *, owner: str, pace: Pace, backoff: Backoff, stop: asyncio.Event | None = None
) -> None:
    """Keeps the views up to date until `stop` is set. `owner` is a name that no other process has.

    Failures of storage and of the stream are waited out, however long they last.
    """
    poller = _Poller(parts, owner, pace, backoff)
    work = asyncio.create_task(poller.run())
    stopped = asyncio.create_task((stop or asyncio.Event()).wait())
    try:
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (work, stopped):
            task.cancel()
        await asyncio.gather(work, stopped, return_exceptions=True)
        await poller.leave()


@dataclass(frozen=True, slots=True)
class _Followed:
    follower: Follower
    task: asyncio.Task[None]


class _Poller:
    def __init__(self, parts: ProjectorParts, owner: str, pace: Pace, backoff: Backoff) -> None:
        self._parts = parts
        self._owner = owner
        self._pace = pace
        self._backoff = backoff
        self._generation: Generation | None = None
        self._followed: dict[str, _Followed] = {}
        self._shards: Mapping[str, StreamShard] = {}
        self._listed_at: datetime | None = None
        self._something_ended = asyncio.Event()
        self._following = Following(parts, owner, pace, backoff, asyncio.Semaphore(pace.at_once), self._before_end)

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                await self._look()
                failures = 0
                waits = self._pace.look if self._generation else min(self._pace.poll, _WITHOUT_GENERATION)
                await self._pause(waits)
            except StoreUnavailable as error:
                failures += 1
                PROJECTOR_FAILURES.labels("unavailable").inc()
                _log.warning("the projector waits for storage", reason=str(error))
                await self._backoff.wait(min(failures - 1, _LONGEST_BACKOFF))
            except Exception:  # told and counted: without a projector nothing is counted any more, so it goes on
                failures += 1
                PROJECTOR_FAILURES.labels("unexpected").inc()
                _log.exception("the projector failed and tries again")
                await self._backoff.wait(min(failures - 1, _LONGEST_BACKOFF))

    async def leave(self) -> None:
        """Ends all followers and gives their shards back; what cannot be given back in time runs out by itself."""
        followed, self._followed = self._followed, {}
        for one in followed.values():
            one.task.cancel()
        await asyncio.gather(*(one.task for one in followed.values()), return_exceptions=True)
        generation = self._generation
        if generation is None:
            return
        giving_back = [self._parts.projection.release(generation.number, one, self._owner) for one in followed]
        try:
            async with asyncio.timeout(_RELEASE_SECONDS):
                results = await asyncio.gather(*giving_back, return_exceptions=True)
        except TimeoutError:
            results = [TimeoutError()]
        if any(isinstance(result, BaseException) for result in results):
            _log.warning("not every shard could be given back; their leases run out")

    async def _look(self) -> None:
        """Everything that is due now."""
        self._something_ended.clear()
        state = await self._parts.projection.state()
        if state.generation is None or state.generation != self._generation:
            await self.leave()
            self._generation, self._listed_at = state.generation, None
        if state.generation is None:
            return
        progress: Mapping[str, Progress] = {one.shard_id: one for one in state.progress}
        if self._forget_ended():
            await self._backoff.sleep(self._pace.poll)
        if self._listed_at is None or self._now() - self._listed_at >= self._pace.listing:
            progress = await self._list(state.generation)
        for one in readable(self._shards, progress):
            if one.shard_id not in self._followed and not self._is_somebody_elses(one):
                await self._take(one, progress, state.generation)
        PROJECTION_LAG.set(lag_seconds(progress.values(), state.generation, self._now()))

    def _forget_ended(self) -> bool:
        """Whether one has ended before its shard had."""
        ended = {shard_id: one for shard_id, one in self._followed.items() if one.task.done()}
        self._followed = {shard_id: one for shard_id, one in self._followed.items() if shard_id not in ended}
        return not all(one.follower.progress.finished for one in ended.values())

    async def _list(self, generation: Generation) -> Mapping[str, Progress]:
        listed_at = self._now()
        known = await register_shards(self._parts.stream, self._parts.projection, generation, listed_at)
        lost = [one for one in vanished(known.shards, known.progress) if one.shard_id not in self._followed]
        for one in lost:
            await self._give_up(one, generation)
        for one in forgettable(known.shards, known.progress):
            await self._parts.projection.drop(generation.number, one.shard_id)
        self._shards, self._listed_at = known.shards, listed_at
        return known.progress

    async def _give_up(self, lost: Progress, generation: Generation) -> None:
        """A shard that the stream does not have any more, unless somebody is still reading it."""
        claimed = await self._claim(lost, generation)
        if claimed is None or claimed.finished:
            return
        reason = claimed.gap or "the stream dropped the shard before it was read to its end"
        given_up = replace(claimed, finished=True, gap=reason)
        if await self._parts.projection.advance(generation.number, given_up) and claimed.gap is None:
            STREAM_GAPS.inc()
            _log.error("records were lost", shard=lost.shard_id, reason=reason)

    async def _take(self, one: Progress, progress: Mapping[str, Progress], generation: Generation) -> None:
        claimed = await self._claim(one, generation)
        if claimed is None or claimed.finished:
            return
        follower = Follower(claimed, progress.get(one.parent or ""), generation, using=self._following)
        task = asyncio.create_task(follower.run())
        task.add_done_callback(lambda _: self._something_ended.set())
        self._followed[one.shard_id] = _Followed(follower, task)

    async def _claim(self, one: Progress, generation: Generation) -> Progress | None:
        now = self._now()
        until = utc_text(now + self._pace.lease)
        return await self._parts.projection.claim(
            generation.number, one.shard_id, self._owner, now=utc_text(now), until=until
        )

    def _is_somebody_elses(self, one: Progress) -> bool:
        return one.owner not in (None, self._owner) and one.owned_until > utc_text(self._now())

    async def _before_end(self, shard_id: str, generation: Generation) -> None:
        """Registers the shard's children before it is finished."""
        for _ in range(_LOOKS_FOR_CHILDREN):
            known = await register_shards(self._parts.stream, self._parts.projection, generation, self._now())
            if any(one.parent == shard_id for one in known.progress.values()):
                return
            await self._backoff.sleep(self._pace.poll)

    async def _pause(self, seconds: float) -> None:
        """Shorter when a follower ends: its shard's children can be taken, or the generation is another."""
        waits = {
            asyncio.ensure_future(self._backoff.sleep(seconds)),
            asyncio.ensure_future(self._something_ended.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    def _now(self) -> datetime:
        return self._parts.handling.now()
