"""Whether the projector has counted everything that was committed up to a moment."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.periods import utc_text
from app.ports.projection import Progress, Projection
from app.ports.streams import IteratorExpired, Stream, Trimmed
from app.ports.views import Generation

_READS = 3
_LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Counting:
    """`polls` looks, `seconds` apart. `delay` is how late the stream may show what was committed."""

    projection: Projection
    stream: Stream
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    delay: timedelta
    polls: int = 60
    seconds: float = 0.25

    async def is_done(self, generation: Generation, until: datetime) -> bool:
        """Waits for all that was committed up to `until`. Where no projector runs and the stream has nothing left for
        it, that is as good. False when it does not come, or another generation came. Raises StoreUnavailable."""
        for _ in range(self.polls):
            state = await self.projection.state()
            if state.generation is None or state.generation.number != generation.number:
                return False
            unfinished = [one for one in state.progress if not one.finished]
            if unfinished and all(one.watermark > utc_text(until) for one in unfinished):
                return True
            shown = self.now() >= until + self.delay
            if shown and not await self._anything_left({one.shard_id: one for one in state.progress}):
                return True
            await self.sleep(self.seconds)
        return False

    async def late_shards(self) -> list[str]:
        """Those that are more than a minute behind while the stream has more for them."""
        state = await self.projection.state()
        latest = utc_text(self.now() - _LATE)
        return [
            one.shard_id
            for one in state.progress
            if not one.finished and one.watermark < latest and await self._has_more(one.shard_id, one.position)
        ]

    async def _anything_left(self, progress: Mapping[str, Progress]) -> bool:
        for shard in await self.stream.shards():
            known = progress.get(shard.shard_id)
            position = known.position if known else None
            if not (known and known.finished) and await self._has_more(shard.shard_id, position):
                return True
        return False

    async def _has_more(self, shard_id: str, position: str | None) -> bool:
        """Whether there is a purchase behind the position. A few empty answers are taken for a no."""
        try:
            iterator: str | None = await self.stream.open(shard_id, position)
            for _ in range(_READS):
                if iterator is None:
                    return False
                read = await self.stream.read(iterator, 1000)
                if any(record.figures is not None or record.poison is not None for record in read.records):
                    return True
                iterator = read.iterator
        except (Trimmed, IteratorExpired):  # there was more, once
            return True
        return False
