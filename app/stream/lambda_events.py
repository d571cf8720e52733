"""The projector behind AWS Lambda: one event of a stream's event source mapping.

Lambda brings a shard's records in order, a child's after its parents', and again from the first that failed. It names
the shard only with a tumbling window, and without the name nothing can be counted.

What Lambda brought before may have been counted for a generation whose place another has taken: a shard whose progress
is not Lambda's own is first read from there up to what is brought now.

How far the shards are is kept as a poller keeps it, so that answers can say so and a poller can go on. Lambda does not
tell when nothing came: the watermark stands at the last record that did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from app.domain.periods import utc_text
from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.streams import StreamRecord
from app.ports.views import Generation
from app.stream.between import count_between
from app.stream.handler import Handled, handle
from app.stream.parts import ProjectorParts
from app.stream.registering import register_shards
from app.stream.watermarks import after_batch, at_first_opening

_log = structlog.get_logger("kickbacks.projector")
# Lambda hands a shard to one invocation at a time, so all of them are one owner.
OWNER = "lambda"
_LEASE = timedelta(seconds=10)


class ShardNotNamed(RuntimeError):
    """The event source mapping is not set up as it has to be. The message says how."""


async def handle_event(
    event: Mapping[str, Any], parts: ProjectorParts, *, decode: Callable[[Mapping[str, Any]], StreamRecord]
) -> dict[str, Any]:
    """Lambda's answer: which record has to come again first; an empty list when all are done.

    Raises ShardNotNamed, with nothing counted.
    """
    shard_id = event.get("shardId")
    if not shard_id:
        raise ShardNotNamed("the event names no shard: set TumblingWindowInSeconds on the event source mapping")
    given: Sequence[Mapping[str, Any]] = event.get("Records") or ()
    if not given:
        return _answer(None)
    try:
        failed = await _count(str(shard_id), [decode(one) for one in given], parts)
    except StoreUnavailable as error:
        _log.warning("a batch has to come again", shard=shard_id, reason=str(error))
        failed = str(given[0]["dynamodb"]["SequenceNumber"])
    return _answer(failed)


def _answer(failed: str | None) -> dict[str, Any]:
    return {"state": {}, "batchItemFailures": [] if failed is None else [{"itemIdentifier": failed}]}


async def _count(shard_id: str, records: Sequence[StreamRecord], parts: ProjectorParts) -> str | None:
    """The first record that has to come again. Raises StoreUnavailable where that is all of them."""
    state = await parts.projection.state()
    if state.generation is None:
        raise StoreUnavailable("no generation of views is current yet")
    known = {one.shard_id: one for one in state.progress}
    if shard_id not in known:
        registered = await register_shards(parts.stream, parts.projection, state.generation, parts.handling.now())
        known = dict(registered.progress)
    if shard_id not in known:
        raise StoreUnavailable("the stream does not show this shard yet")
    shard = known[shard_id]
    if shard.position is None:
        await _finish_parents(shard, known, state.generation, parts)
        shard = at_first_opening(shard, known.get(shard.parent or ""))
    if shard.owner != OWNER:
        shard = await count_between(shard, records[0].sequence, state.generation, parts)
    handled = await handle(shard, records, state.generation, using=parts.handling)
    await _note(shard, handled, state.generation, parts)
    return handled.failed


async def _finish_parents(
    child: Progress, known: Mapping[str, Progress], generation: Generation, parts: ProjectorParts
) -> None:
    """Whatever came before a shard whose records come now has come in full, if not to this generation of views."""
    ancestors: list[Progress] = []
    parent = known.get(child.parent or "")
    while parent is not None and not parent.finished:
        ancestors.append(parent)
        parent = known.get(parent.parent or "")
    for ancestor in reversed(ancestors):
        counted = ancestor
        if ancestor.owner != OWNER:
            counted = await count_between(ancestor, None, generation, parts)
        claimed = await _claim(ancestor, generation, parts)
        if claimed is not None:
            finished = replace(claimed, position=counted.position, watermark=counted.watermark, gap=counted.gap)
            await parts.projection.advance(generation.number, replace(finished, finished=True))


async def _note(shard: Progress, handled: Handled, generation: Generation, parts: ProjectorParts) -> None:
    """Remembers how far the shard is; an older batch that came again moves nothing back."""
    claimed = await _claim(shard, generation, parts)
    if claimed is None or handled.position is None:
        return  # a poller has the shard, and remembers it itself
    if claimed.position is None or int(claimed.position) < int(handled.position):
        inherited = replace(claimed, watermark=max(shard.watermark, claimed.watermark), gap=claimed.gap or shard.gap)
        await parts.projection.advance(generation.number, after_batch(inherited, handled))


async def _claim(shard: Progress, generation: Generation, parts: ProjectorParts) -> Progress | None:
    now = parts.handling.now()
    until = utc_text(now + _LEASE)
    return await parts.projection.claim(generation.number, shard.shard_id, OWNER, now=utc_text(now), until=until)
