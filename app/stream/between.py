"""What lies between the last record that is counted and the first that a host was brought: it may have been counted for
another generation of views, whose place this one has taken since."""

from dataclasses import replace

import structlog

from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.streams import IteratorExpired, Trimmed
from app.ports.views import Generation
from app.stream.handler import handle
from app.stream.parts import ProjectorParts
from app.stream.watermarks import after_batch
from app.telemetry import STREAM_GAPS

_log = structlog.get_logger("kickbacks.projector")
_READ = 1000
# A read may bring nothing although there is more.
_EMPTY_READS = 20


async def count_between(shard: Progress, before: str | None, generation: Generation, parts: ProjectorParts) -> Progress:
    """Counts the shard's records behind its position and before a sequence number (None: to the shard's end).

    Returns the progress that follows from it, which is not saved. Raises StoreUnavailable.
    """
    try:
        return await _count(shard, before, generation, parts)
    except IteratorExpired as error:
        raise StoreUnavailable("an iterator expired while it was read") from error
    except Trimmed:
        reason = "records were dropped by the stream before they were read"
        STREAM_GAPS.inc()
        _log.error("records were lost", shard=shard.shard_id, reason=reason)
        return replace(shard, gap=shard.gap or reason)


async def _count(shard: Progress, before: str | None, generation: Generation, parts: ProjectorParts) -> Progress:
    iterator: str | None = await parts.stream.open(shard.shard_id, shard.position)
    empty = 0
    while iterator is not None:
        read = await parts.stream.read(iterator, _READ)
        records = [one for one in read.records if before is None or int(one.sequence) < int(before)]
        handled = await handle(shard, records, generation, using=parts.handling)
        shard = after_batch(shard, handled)
        if handled.failed is not None:
            raise StoreUnavailable("some records are not counted yet")
        if len(records) < len(read.records):
            return shard
        empty = 0 if read.records else empty + 1
        if empty == _EMPTY_READS:
            raise StoreUnavailable("the stream does not show what it has brought")
        iterator = read.iterator
    return shard
