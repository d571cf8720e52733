"""Generations, shard progress and parked records as items of the views table, and back."""

import msgspec

from app.domain.kickbacks import KickbackType
from app.ports.projection import Parked, Progress
from app.ports.views import Generation
from app.store.view_keys import CONTROL_PK, CURRENT_SK, control_pk, parked_sk, shard_sk
from app.store.wire import Item, MapValue, Number, Text, number, text


class GenerationRow(msgspec.Struct, kw_only=True):
    """The current generation."""

    generation: Number
    shards: Number
    valuation: MapValue[Number]
    since: Text


class ProgressRow(msgspec.Struct, kw_only=True):
    """How far a stream shard is counted. Absent and empty are the same, so that a condition can name every field."""

    shardId: Text
    source: Text
    depth: Number
    parent: Text
    position: Text
    watermark: Text
    finished: Text
    gap: Text
    owner: Text
    ownedUntil: Text


class ParkedRow(msgspec.Struct, kw_only=True):
    """What cannot be counted."""

    shardId: Text
    sequence: Text
    event: Text
    row: Text
    reason: Text
    parkedAt: Text


def generation_item(generation: Generation) -> Item:
    """The item that says which generation is current."""
    return {
        "PK": text(CONTROL_PK),
        "SK": text(CURRENT_SK),
        "generation": number(generation.number),
        "shards": number(generation.shards),
        "valuation": {"M": {kind.value: number(generation.valuation[kind]) for kind in KickbackType}},
        "since": text(generation.since),
    }


def generation_of(row: GenerationRow) -> Generation:
    """The generation a row names."""
    valuation = {KickbackType(kind): int(value.N) for kind, value in row.valuation.M.items()}
    return Generation(int(row.generation.N), int(row.shards.N), valuation, row.since.S)


def progress_item(generation: int, progress: Progress) -> Item:
    """The item of a shard's progress."""
    return {
        "PK": text(control_pk(generation)),
        "SK": text(shard_sk(progress.shard_id)),
        "shardId": text(progress.shard_id),
        "source": text(progress.source),
        "depth": number(progress.depth),
        "parent": text(progress.parent or ""),
        "position": text(progress.position or ""),
        "watermark": text(progress.watermark),
        "finished": text("yes" if progress.finished else ""),
        "gap": text(progress.gap or ""),
        "owner": text(progress.owner or ""),
        "ownedUntil": text(progress.owned_until),
    }


def progress_of(row: ProgressRow) -> Progress:
    """The progress a row holds."""
    return Progress(
        shard_id=row.shardId.S,
        source=row.source.S,
        depth=int(row.depth.N),
        parent=row.parent.S or None,
        position=row.position.S or None,
        watermark=row.watermark.S,
        finished=bool(row.finished.S),
        gap=row.gap.S or None,
        owner=row.owner.S or None,
        owned_until=row.ownedUntil.S,
    )


def parked_item(generation: int, parked: Parked) -> Item:
    """The item of what cannot be counted."""
    return {
        "PK": text(control_pk(generation)),
        "SK": text(parked_sk(parked.shard_id, parked.sequence, parked.row)),
        "shardId": text(parked.shard_id),
        "sequence": text(parked.sequence),
        "event": text(parked.event),
        "row": text(parked.row),
        "reason": text(parked.reason),
        "parkedAt": text(parked.parked_at),
    }


def parked_of(row: ParkedRow) -> Parked:
    """What a row holds."""
    return Parked(row.shardId.S, row.sequence.S, row.event.S, row.row.S, row.reason.S, row.parkedAt.S)
