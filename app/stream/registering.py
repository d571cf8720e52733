"""Keeping progress of every shard the stream has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.domain.periods import utc_text
from app.ports.projection import Progress, Projection
from app.ports.streams import Stream, StreamShard
from app.ports.views import Generation
from app.stream.lines import LOST_PARENT, Newcomer, is_doubtful, newcomers
from app.stream.watermarks import RETENTION
from app.telemetry import STREAM_GAPS

_log = structlog.get_logger("kickbacks.projector")


@dataclass(frozen=True, slots=True)
class Known:
    """The shards that the stream lists, and the progress of all that it ever listed, by shard id."""

    shards: Mapping[str, StreamShard]
    progress: Mapping[str, Progress]


async def register_shards(stream: Stream, projection: Projection, generation: Generation, now: datetime) -> Known:
    """Looks which shards there are, and registers those that are new. Raises StoreUnavailable."""
    progress = await _progress(projection, generation)
    shards = {one.shard_id: one for one in await stream.shards()}
    if is_doubtful(shards, progress):
        # Pages of one listing are of different moments. A parent is older than its child, so a listing that is begun
        # after the child was seen shows the parent too, unless it is gone.
        shards |= {one.shard_id: one for one in await stream.shards()}
    # Records that came before `since` are in the generation already: within their lifetime nothing of it can be lost.
    loses = generation.since < utc_text(now - RETENTION)
    # Every turn registers a shard or sees one that somebody else has registered.
    for _ in range(len(shards) + 1):
        new = newcomers(shards, progress)
        if not new:
            break
        for one in new:
            if not await _register(one, LOST_PARENT if one.orphan and loses else None, projection, generation):
                break  # the places of the others were chosen as if this one had its own: choose again
        progress = await _progress(projection, generation)
    return Known(shards, progress)


async def _register(one: Newcomer, gap: str | None, projection: Projection, generation: Generation) -> bool:
    """True when it got the place it was to have; otherwise it may have another, or somebody else was faster."""
    for choice, (source, depth) in enumerate(one.choices):
        progress = Progress(one.shard_id, source, depth, one.parent, watermark=one.watermark, gap=gap)
        if await projection.register(generation.number, progress):
            _log.info("a new stream shard", shard=one.shard_id, parent=one.parent, source=source, depth=depth)
            if gap is not None:
                STREAM_GAPS.inc()
                _log.error("records were lost", shard=one.shard_id, reason=gap)
            return choice == 0
        if one.shard_id in await _progress(projection, generation):
            return False
    return False


async def _progress(projection: Projection, generation: Generation) -> dict[str, Progress]:
    return {one.shard_id: one for one in await projection.progress(generation.number)}
