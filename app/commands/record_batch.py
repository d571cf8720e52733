"""Recording a stream of purchases: results in the order of the lines, work in parallel, memory bounded.

A window of lines is dealt to lanes by user, so that one account's purchases stay in order; each lane writes groups.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import structlog

from app.commands.record_group import Heads, Outcome, Recording, record_group
from app.domain.purchases import Purchase
from app.ports.errors import StoreError

_REMEMBERED_HEADS = 10_000

_log = structlog.get_logger("kickbacks.batches")


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The line may or may not have been written; sending it again settles it."""

    transaction_id: str


BatchOutcome = Outcome | Unavailable


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """`group` purchases in one write, `lanes` for one batch; `slots` bounds the writes under way in the process."""

    group: int
    lanes: int
    slots: asyncio.Semaphore


async def record_batch(
    windows: AsyncIterator[Sequence[Purchase]], *, limits: BatchLimits, using: Recording
) -> AsyncIterator[list[BatchOutcome]]:
    """For each window the outcomes of its purchases, in order. Storage errors become outcomes: nothing else stops."""
    heads: Heads = {}
    async for window in windows:
        yield await _record_window(window, heads, limits, using)
        while len(heads) > _REMEMBERED_HEADS:
            heads.pop(next(iter(heads)))


async def _record_window(
    window: Sequence[Purchase], heads: Heads, limits: BatchLimits, using: Recording
) -> list[BatchOutcome]:
    outcomes: list[BatchOutcome | None] = [None] * len(window)

    async def run(lane: list[int]) -> None:
        for group in _groups(lane, window, limits.group):
            purchases = [window[place] for place in group]
            async with limits.slots:
                recorded = await _record(purchases, heads, using)
            for place, outcome in zip(group, recorded, strict=True):
                outcomes[place] = outcome

    async with asyncio.TaskGroup() as tasks:
        for lane in _deal(window, limits.lanes):
            tasks.create_task(run(lane))
    return [outcome for outcome in outcomes if outcome is not None]


async def _record(purchases: Sequence[Purchase], heads: Heads, using: Recording) -> Sequence[BatchOutcome]:
    try:
        return await record_group(purchases, heads, using=using)
    except StoreError as error:
        _log.warning("purchases of a batch were not recorded", count=len(purchases), reason=str(error))
        return [Unavailable(purchase.transaction_id) for purchase in purchases]


def _deal(window: Sequence[Purchase], lanes: int) -> list[list[int]]:
    """Places of the window by lane: a user's all in one, and a repeated id where it was first."""
    dealt: dict[int, list[int]] = {}
    lane_of_id: dict[str, int] = {}
    for place, purchase in enumerate(window):
        own = crc32(purchase.user_id.encode()) % lanes
        lane = lane_of_id.setdefault(purchase.transaction_id, own)
        dealt.setdefault(lane, []).append(place)
    return list(dealt.values())


def _groups(lane: Sequence[int], window: Sequence[Purchase], size: int) -> list[list[int]]:
    """Runs of at most `size` places in which no transaction id comes twice."""
    groups: list[list[int]] = []
    ids: set[str] = set()
    for place in lane:
        transaction_id = window[place].transaction_id
        if not groups or len(groups[-1]) == size or transaction_id in ids:
            groups.append([])
            ids = set()
        groups[-1].append(place)
        ids.add(transaction_id)
    return groups
