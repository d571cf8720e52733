"""How a month's purchases lie on the shards: from the views, so that it costs little; counted out only when asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.periods import DateRange, Period
from app.maintenance.skew import Assumptions, KeyLoad, KeySkew, seconds_so_far, skews
from app.ports.projection import Projection
from app.ports.shard_sizes import ShardSizes
from app.ports.timelines import Subject, Timeline
from app.ports.views import Generation, Views


class NoViews(Exception):
    """No generation of views is current."""


@dataclass(frozen=True, slots=True)
class SkewSource:
    """What the report is made from."""

    projection: Projection
    views: Views
    sizes: ShardSizes
    now: Callable[[], datetime]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class SkewRow:
    """A key, and how many items each of its shards has, where that was asked for."""

    skew: KeySkew
    sizes: Sequence[int] | None


@dataclass(frozen=True, slots=True)
class SkewReport:
    """Most purchases first, categories before cards. `seconds` of the month have passed."""

    month: str
    seconds: int
    rows: Sequence[SkewRow]


async def skew_report(month: Period, assumed: Assumptions, *, top: int, exact: bool, source: SkewSource) -> SkewReport:
    """One view row for each category and each card of the month. `exact` reads every purchase of the keys shown.

    Raises NoViews, StoreUnavailable.
    """
    generation = (await source.projection.state()).generation
    if generation is None:
        raise NoViews
    seconds = seconds_so_far(month, source.now(), source.zone)
    rows: list[SkewRow] = []
    for subject, purchases in (
        (Subject.CATEGORY, await _of_categories(month, generation, source)),
        (Subject.CARD, await _of_cards(month, generation, source)),
    ):
        shown = skews(_loads(subject, purchases, source.sizes), seconds, assumed, top=top)
        rows += [SkewRow(skew, await _sizes(skew, month, source) if exact else None) for skew in shown]
    return SkewReport(month.name, seconds, rows)


async def _of_categories(month: Period, generation: Generation, source: SkewSource) -> list[tuple[str, int]]:
    rows = await source.views.categories(generation, month.name)
    return [(category, row.totals.count) for category, row in rows.items()]


async def _of_cards(month: Period, generation: Generation, source: SkewSource) -> list[tuple[str, int]]:
    cards = await source.views.cards(generation, [month.name], [])
    return [(card_id, sum(row.totals.count for row in rows)) for card_id, rows in cards.items()]


def _loads(subject: Subject, purchases: Iterable[tuple[str, int]], sizes: ShardSizes) -> list[KeyLoad]:
    timelines = [(Timeline(subject, key), count) for key, count in purchases]
    return [KeyLoad(timeline, count, sizes.shards(timeline)) for timeline, count in timelines]


async def _sizes(skew: KeySkew, month: Period, source: SkewSource) -> Sequence[int]:
    return await source.sizes.sizes(skew.load.timeline, DateRange(month.first, month.last))
