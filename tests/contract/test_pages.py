"""The Kickbacks and Timelines ports: pages of every size are the whole, cut."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.domain.kickbacks import KickbackType
from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.totals import Figures
from app.ports.kickbacks import KickbackFilter
from app.ports.pages import Page, Position, PurchaseLine
from app.ports.timelines import Subject, Timeline
from app.store.sharding import ShardCounts
from tests.audit_rows import row
from tests.contract.conftest import NOW_EPOCH, SHARD_COUNTS, OpenStores
from tests.contract.stores import Stores
from tests.purchases import new_transaction, purchase

EVERYTHING = DateRange()
GROCERY = Timeline(Subject.CATEGORY, "GROCERY")
Read = Callable[[int, Position | None], Awaitable[Page]]


def some(count: int, seed: int = 7, **changes: object) -> list[Purchase]:
    """Over ten days, several on each, without kickbacks so that they need no ledger."""
    rng = random.Random(seed)
    return [
        purchase(
            **{
                "transaction_id": f"t{number:04d}",
                "transaction_date": date(2023, 5, 1) + timedelta(days=rng.randrange(10)),
                "kickback_amount": 0,
                "kickback_type": rng.choice(list(KickbackType)),
                "card_id": f"card{rng.randrange(3)}",
                **changes,
            }
        )
        for number in range(count)
    ]


async def write(stores: Stores, purchases: Sequence[Purchase]) -> None:
    for start in range(0, len(purchases), 33):
        group = [new_transaction(one) for one in purchases[start : start + 33]]
        await stores.transactions.append(group, audit=row(), token=str(uuid4()))


def ids(lines: Sequence[PurchaseLine]) -> list[str]:
    return [line.transaction_id for line in lines]


async def walk(read: Read, limit: int) -> list[PurchaseLine]:
    """Every page; none but a first one may be empty, and none but the last short."""
    walked: list[PurchaseLine] = []
    position: Position | None = None
    for _ in range(1000):
        page = await read(limit, position)
        assert page.lines or position is None
        assert len(page.lines) == limit or page.next_position is None
        walked.extend(page.lines)
        position = page.next_position
        if position is None:
            return walked
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20, 39, 40, 41, 200])
async def test_history_pages_are_the_sorted_whole(stores: Stores, limit: int) -> None:
    purchases = some(40)
    await write(stores, purchases)
    wanted = sorted(purchases, key=lambda one: (one.transaction_date, one.transaction_id), reverse=True)

    async def read(count: int, after: Position | None) -> Page:
        return await stores.kickbacks.page("user123", EVERYTHING, KickbackFilter(), limit=count, after=after)

    assert ids(await walk(read, limit)) == [one.transaction_id for one in wanted]


@pytest.mark.parametrize(
    "only",
    [
        KickbackFilter(kind=KickbackType.MILE),
        KickbackFilter(card_id="card1"),
        KickbackFilter(category="GROCERY"),
        KickbackFilter(category="NOTHING"),
        KickbackFilter(kind=KickbackType.POINT, category="GROCERY", card_id="card2"),
    ],
)
async def test_filters_never_make_a_page_short(stores: Stores, only: KickbackFilter) -> None:
    purchases = some(60)
    await write(stores, purchases)
    wanted = [
        one.transaction_id
        for one in sorted(purchases, key=lambda one: (one.transaction_date, one.transaction_id), reverse=True)
        if only.kind in (None, one.kickback_type)
        and only.card_id in (None, one.card_id)
        and only.category in (None, one.category)
    ]

    async def read(count: int, after: Position | None) -> Page:
        return await stores.kickbacks.page("user123", EVERYTHING, only, limit=count, after=after)

    assert ids(await walk(read, 4)) == wanted


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(1, 1, {1}), (1, 3, {1, 2, 3}), (3, 5, {3, 4, 5}), (None, 2, {1, 2}), (4, None, {4, 5}), (6, 9, set())],
)
async def test_first_and_last_day_are_in_the_range(
    stores: Stores, first: int | None, last: int | None, days: set[int]
) -> None:
    by_day = [
        purchase(transaction_id=f"d{day}", transaction_date=date(2023, 5, day), kickback_amount=0)
        for day in range(1, 6)
    ]
    await write(stores, by_day)
    dates = DateRange(date(2023, 5, first) if first else None, date(2023, 5, last) if last else None)
    history = await stores.kickbacks.page("user123", dates, KickbackFilter(), limit=50, after=None)
    timeline = await stores.timelines.page(GROCERY, dates, limit=50, after=None)
    wanted = [f"d{day}" for day in sorted(days, reverse=True)]
    assert ids(history.lines) == wanted
    assert ids(timeline.lines) == wanted


@pytest.mark.parametrize("shards", SHARD_COUNTS)
async def test_timeline_pages_of_every_size_are_the_same_whole(
    make_stores: Callable[[int], Awaitable[Stores]], shards: int
) -> None:
    stores = await make_stores(shards)
    purchases = some(90)
    await write(stores, purchases)
    await write(stores, some(5, transaction_id="other", category="DINING")[:1])

    async def read(count: int, after: Position | None) -> Page:
        return await stores.timelines.page(GROCERY, EVERYTHING, limit=count, after=after)

    whole = await walk(read, 200)
    dates = [line.transaction_date for line in whole]
    assert dates == sorted(dates, reverse=True)
    assert sorted(ids(whole)) == sorted(one.transaction_id for one in purchases)
    for limit in (1, 5, 13, 89, 90, 91):
        assert await walk(read, limit) == whole


@pytest.mark.parametrize("shards", SHARD_COUNTS)
async def test_walking_while_others_write_loses_and_repeats_nothing(
    make_stores: Callable[[int], Awaitable[Stores]], shards: int
) -> None:
    stores = await make_stores(shards)
    before = some(60)
    await write(stores, before)
    arriving = [
        purchase(transaction_id=f"x{number:04d}", transaction_date=date(2023, 5, 1 + number % 12), kickback_amount=0)
        for number in range(40)
    ]
    for reader in ("history", "timeline"):
        writer = iter(arriving[:20] if reader == "history" else arriving[20:])
        walked: list[str] = []
        position: Position | None = None
        while True:
            if reader == "history":
                page = await stores.kickbacks.page("user123", EVERYTHING, KickbackFilter(), limit=4, after=position)
            else:
                page = await stores.timelines.page(GROCERY, EVERYTHING, limit=4, after=position)
            walked += ids(page.lines)
            position = page.next_position
            if position is None:
                break
            await write(stores, [one for one in [next(writer, None)] if one])
        assert len(walked) == len(set(walked))
        assert {one.transaction_id for one in before} <= set(walked)


async def test_a_position_is_good_for_more_shards_than_it_was_made_with(
    make_stores: Callable[[int], Awaitable[Stores]],
) -> None:
    stores = await make_stores(16)
    await write(stores, some(30))
    first = await stores.timelines.page(GROCERY, EVERYTHING, limit=10, after=None)
    rest = await stores.timelines.page(GROCERY, EVERYTHING, limit=200, after=first.next_position)
    whole = await stores.timelines.page(GROCERY, EVERYTHING, limit=200, after=None)
    assert [*first.lines, *rest.lines] == list(whole.lines)


RAISED = [
    (ShardCounts(4), ShardCounts(16)),
    (ShardCounts(4), ShardCounts(4, {"GROCERY": 16, "card1": 16})),
    (ShardCounts(4, {"GROCERY": 6, "card1": 6}), ShardCounts(8, {"GROCERY": 16})),
    (ShardCounts(1), ShardCounts(3)),
]


@pytest.mark.parametrize(("few", "more"), RAISED)
async def test_after_a_raise_pages_and_folds_are_the_whole(
    make_storage: Callable[[], Awaitable[OpenStores]], few: ShardCounts, more: ShardCounts
) -> None:
    opened = await make_storage()
    purchases = some(80)
    await write(opened(few), purchases[:40])
    await write(opened(more), purchases[40:])
    stores = opened(more)
    for timeline in (GROCERY, Timeline(Subject.CARD, "card1")):
        wanted = [one for one in purchases if timeline is GROCERY or one.card_id == timeline.key]

        async def read(count: int, after: Position | None, timeline: Timeline = timeline) -> Page:
            return await stores.timelines.page(timeline, EVERYTHING, limit=count, after=after)

        whole = await walk(read, 200)
        assert sorted(ids(whole)) == sorted(one.transaction_id for one in wanted)
        for limit in (1, 7, len(wanted) - 1, len(wanted)):
            assert await walk(read, limit) == whole
        seen: list[Figures] = []
        await stores.timelines.fold(timeline, EVERYTHING, seen.extend)
        assert sorted(one.transaction_id for one in seen) == sorted(ids(whole))


@pytest.mark.parametrize(("few", "more"), RAISED)
@pytest.mark.parametrize("limit", [1, 4, 11])
async def test_a_walk_goes_on_over_a_raise(
    make_storage: Callable[[], Awaitable[OpenStores]], few: ShardCounts, more: ShardCounts, limit: int
) -> None:
    opened = await make_storage()
    before = some(40)
    await write(opened(few), before)
    walked: list[str] = []
    position: Position | None = None
    for number in range(100):
        stores = opened(few if number < 2 else more)
        page = await stores.timelines.page(GROCERY, EVERYTHING, limit=limit, after=position)
        walked += ids(page.lines)
        position = page.next_position
        if position is None:
            break
        if number == 1:
            await write(opened(more), [replace(one, transaction_id=f"x{one.transaction_id}") for one in some(40)])
    assert position is None
    assert len(walked) == len(set(walked))
    assert [one for one in walked if one[0] != "x"] == [one for one in await everything(opened(few)) if one[0] != "x"]
    assert {one.transaction_id for one in before} <= set(walked)


async def everything(stores: Stores) -> list[str]:
    page = await stores.timelines.page(GROCERY, EVERYTHING, limit=200, after=None)
    return ids(page.lines)


async def test_fold_sees_every_purchase_once(stores: Stores) -> None:
    purchases = some(90, kickback_amount=0)
    await write(stores, purchases)
    seen: list[Figures] = []
    await stores.timelines.fold(GROCERY, EVERYTHING, seen.extend)
    assert sorted(one.transaction_id for one in seen) == [one.transaction_id for one in purchases]
    one = next(figures for figures in seen if figures.transaction_id == "t0005")
    assert (one.transaction_amount, one.kickback_rate_millionths, one.card_name) == (5000, 10_000, "プラチナカード")
    card: list[Figures] = []
    await stores.timelines.fold(
        Timeline(Subject.CARD, "card1"), DateRange(date(2023, 5, 3), date(2023, 5, 4)), card.extend
    )
    assert sorted(one.transaction_id for one in card) == [
        one.transaction_id for one in purchases if one.card_id == "card1" and one.transaction_date.day in (3, 4)
    ]


async def test_purchases_whose_retention_has_ended_are_not_shown(stores: Stores) -> None:
    gone = purchase(transaction_id="gone", kickback_amount=0, expiration_time=NOW_EPOCH - 1)
    kept = purchase(transaction_id="kept", kickback_amount=0, expiration_time=NOW_EPOCH + 1)
    await write(stores, [gone, kept])
    history = await stores.kickbacks.page("user123", EVERYTHING, KickbackFilter(), limit=1, after=None)
    assert ids(history.lines) == ["kept"]
    assert history.next_position is None
    timeline = await stores.timelines.page(GROCERY, EVERYTHING, limit=1, after=None)
    assert ids(timeline.lines) == ["kept"]
    seen: list[Figures] = []
    await stores.timelines.fold(GROCERY, EVERYTHING, seen.extend)
    assert [one.transaction_id for one in seen] == ["kept"]
