"""The journal's rows are made again, caught up and checked like all others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from app.domain.bookings import booking_of
from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Moment
from app.domain.journal import Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.trial_balance import trial_balance_of
from app.maintenance.seen import Seen
from app.maintenance.verifying.differences import Difference, Kind
from app.ports.scans import Unreadable
from app.ports.views import JournalTotal
from tests.domain.passbooks import earning, passbook
from tests.domain.trial_sums import added_up, shown
from tests.fakes.views_reading import FakeViewsReading
from tests.maintenance.made import ONE
from tests.maintenance.world import SETTLE, SKEW, World
from tests.purchases import TOKYO

VIEWS = {Kind.VIEW_MISSING, Kind.VIEW_SURPLUS, Kind.VIEW_WRONG}
END = "2030-01-01T00:00:00.000000Z"


def earned(world: World, number: int, stamped: timedelta = timedelta()) -> LedgerEntry:
    """The first entry of an account of its own."""
    account = Account(f"u{number}", list(KickbackType)[number % 3])
    moment = Moment(world.moment - timedelta(hours=number), world.moment + stamped, TOKYO)
    (entry,) = decide_earn(None, Earning(account, 10 + number, "PURCHASE", f"X#{number}", None, "never", moment))
    return entry


def booked(world: World) -> list[LedgerEntry]:
    return [one for one in world.facts.others if isinstance(one, LedgerEntry)]


async def check_balance(world: World) -> None:
    assert world.projection.current is not None
    rows = await FakeViewsReading(world.views).journal(world.projection.current, END)
    assert shown(trial_balance_of(rows, END)) == added_up(booked(world), END)
    assert world.current() == world.fold()


async def made(number: int) -> tuple[World, Iterator[int]]:
    """With purchases and entries, a first generation, and the projector on time."""
    world, numbers = World(), count()
    for _ in range(number):
        world.record(ONE)
        world.book(earned(world, next(numbers)))
    assert (await world.rebuild()).promoted
    return world, numbers


def in_views(differences: list[Difference]) -> list[Difference]:
    """Nothing else is right: the purchases have no guards."""
    return [one for one in differences if one.kind in VIEWS]


async def test_a_rebuild_and_the_projector_say_the_same() -> None:
    world, numbers = await made(4)
    for _ in range(3):
        world.book(earned(world, next(numbers)))
    await world.project()
    await check_balance(world)
    done = await world.rebuild()
    assert (done.purchases, done.entries, done.rows) == (4, 7, len(world.fold()))
    await check_balance(world)


@pytest.mark.parametrize("stamped", [timedelta(seconds=ago) for ago in (0, -SETTLE, -SKEW, SKEW)])
@pytest.mark.parametrize("name", ["figures", "next_number", "fill", "shards", "open", "read", "register", "promote"])
async def test_entries_that_are_added_meanwhile_count_once(name: str, stamped: timedelta) -> None:
    """Stamped now or as long ago as a write may take, committed at any call of the rebuild."""
    world, numbers = await made(3)
    budget = 8

    def booking(called: str) -> None:
        nonlocal budget
        # Writes that were stamped before `since` have ended before the waiting is over.
        late = stamped < timedelta() and name in ("shards", "open", "read", "register", "promote")
        if called == name and budget and not late:
            budget -= 1
            world.book(earned(world, next(numbers), stamped))

    world.on_call(booking)
    assert (await world.rebuild()).promoted
    world.on_call(lambda _: None)
    await world.project()
    await check_balance(world)


async def test_an_entry_that_the_scan_missed_comes_from_the_stream_once() -> None:
    world, numbers = await made(2)
    late = iter([timedelta(milliseconds=-1)])
    world.before_sleep = lambda: [world.book(earned(world, next(numbers), stamped)) for stamped in late]
    done = await world.rebuild()
    assert (done.purchases, done.entries) == (2, 3)
    await check_balance(world)


def test_entries_of_one_account_are_told_apart() -> None:
    first, second = map(booking_of, passbook([earning(10), earning(20)]))
    seen = Seen(datetime.fromisoformat(first.created_at), SETTLE)
    seen.note([first])
    assert seen.missed([first, second, second]) == [second]
    assert (seen.count, seen.entries) == (0, 2)


async def test_more_rows_than_fit_into_memory() -> None:
    world, _ = await made(9)
    await world.rebuild(bound=5)
    await check_balance(world)


async def test_an_entry_that_cannot_be_read_is_parked_by_a_rebuild() -> None:
    world, _ = await made(1)
    world.facts.unreadable.append(Unreadable("USER#u|LEDGER#POINT#0000000001", "an attribute is missing"))
    assert (await world.rebuild()).unreadable == 1


async def test_a_check_finds_nothing_where_nothing_is() -> None:
    world, numbers = await made(3)
    world.book(earned(world, next(numbers)))
    await world.project()
    for passes in (1, 3):
        assert in_views((await world.check(passes=passes)).differences) == []


@pytest.mark.parametrize("length", [7, 13, 19])
async def test_a_check_finds_a_sum_that_was_changed(length: int) -> None:
    world, _ = await made(3)
    key, row = next(
        (key, row)
        for (_, key), row in world.views.rows.items()
        if isinstance(key, JournalTotal) and len(key.period) == length
    )
    of = next(iter(row.postings))
    debit, credit = row.postings[of]
    row.postings[of] = (debit + 1, credit)
    (found,) = in_views((await world.check()).differences)
    assert (found.kind, found.key.endswith(f"postings.{of}")) == (Kind.VIEW_WRONG, True)
    del world.views.rows[1, key]
    (found,) = in_views((await world.check(retention=timedelta(days=1))).differences)  # which drops no entries
    assert (found.kind, found.expected) == (Kind.VIEW_MISSING, f"{len(row.postings)} sums of postings")


async def test_a_check_finds_a_row_too_many_although_retention_drops_purchases() -> None:
    world, _ = await made(3)
    world.views.rows[1, JournalTotal("2020-01", 0)] = next(
        row for (_, key), row in world.views.rows.items() if isinstance(key, JournalTotal)
    ).copy()
    (found,) = in_views((await world.check(retention=timedelta(days=1))).differences)
    assert found.kind is Kind.VIEW_SURPLUS


async def test_an_entry_without_a_place_is_nobodys_row() -> None:
    """As it is for the projector: see is_sound. The check of the entries tells it."""
    world, numbers = await made(2)
    entry = earned(world, next(numbers))
    world.facts.others.append(replace(entry, postings=(Posting("9999", 1, 0), Posting("2110", 0, 1))))
    report = await world.check()
    assert in_views(report.differences) == []
    assert Kind.ENTRY_POSTINGS in {one.kind for one in report.differences}
