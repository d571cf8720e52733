"""The whole check in memory, while things move."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import utc_text
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.repairs import repair_plan
from app.maintenance.verifying.run import NO_VIEWS, NOT_COUNTED
from app.ports.scans import Fact, StoredPurchase, Unreadable
from app.ports.views import CategoryTotal
from tests.fakes.documents import figures_of
from tests.maintenance.sealing import sealed
from tests.maintenance.world import World
from tests.purchases import EXAMPLE, NOW, new_transaction, purchase

ONE = figures_of(EXAMPLE)
TOTAL = CategoryTotal("2023", "GROCERY")


async def counted(count: int = 4) -> World:
    world = World()
    for number in range(count):
        world.record(ONE._replace(card_id=f"c{number}"))
    await world.rebuild()
    return world


def kinds(differences: Sequence[Difference]) -> list[Kind]:
    return [one.kind for one in differences]


async def test_without_views_that_is_a_note() -> None:
    report = await World().check()
    assert (report.differences, report.warnings, report.unchecked) == ([], [NO_VIEWS], [])


@pytest.mark.parametrize("passes", [1, 4])
async def test_what_the_projector_has_not_counted_yet_is_no_difference(passes: int) -> None:
    world = await counted()
    world.record(ONE)
    report = await world.check(passes=passes)
    assert (report.differences, report.unchecked) == ([], [NOT_COUNTED])
    await world.project()
    report = await world.check(passes=passes)
    assert (report.differences, report.unchecked, report.warnings) == ([], [], [])


async def test_nothing_in_the_stream_proves_nothing_until_it_would_be_shown() -> None:
    world = await counted()
    late = world.record(ONE)
    hidden = world.stream.records["shard-0"].pop()
    assert hidden.figures == late
    polls = 0

    def show(name: str) -> None:
        nonlocal polls
        polls += name == "state"
        if polls == 4:
            world.stream.records["shard-0"].append(hidden)

    world.on_call(show)
    report = await world.check(delay=timedelta(seconds=1))
    assert (report.differences, report.unchecked) == ([], [NOT_COUNTED])


async def test_damage_is_found_although_the_projector_has_stopped_with_nothing_left() -> None:
    world = await counted()
    world.moment += timedelta(hours=1)
    world.views.rows[1, TOTAL].totals.count += 1
    assert kinds((await world.check()).differences) == [Kind.VIEW_WRONG] * 2


async def test_a_row_that_is_written_all_the_while_is_a_note() -> None:
    world = await counted()
    world.views.rows[1, TOTAL].totals.count += 1
    moves = 0

    def move(name: str) -> None:
        nonlocal moves
        if name == "read":
            moves += 1
            world.views.rows[1, TOTAL].marks["x"] = bytes([moves])

    world.views.called = move
    report = await world.check()
    assert report.differences == []
    assert ["GROCERY" in note for note in report.warnings] == [True]


async def test_a_row_that_comes_to_rest_is_judged() -> None:
    world = await counted()
    world.views.rows[1, TOTAL].totals.count += 1
    reads = 0

    def move(name: str) -> None:
        nonlocal reads
        if name == "read" and (reads := reads + 1) < 4:
            world.views.rows[1, TOTAL].marks["x"] = bytes([reads])

    world.views.called = move
    report = await world.check()
    assert kinds(report.differences) == [Kind.VIEW_WRONG] * 2
    assert report.warnings == []


async def test_purchases_recorded_during_the_check_are_no_difference() -> None:
    world = await counted()
    left = 5
    world.views.rows[1, TOTAL].totals.transaction_total += 1

    def record(name: str) -> None:
        nonlocal left
        if name in ("facts", "rows") and left:
            left -= 1
            world.record(ONE)

    world.on_call(record)
    await world.check()
    assert not left
    world.on_call(lambda _: None)
    await world.project()
    assert set(kinds((await world.check()).differences)) == {Kind.VIEW_WRONG}


async def test_what_retention_dropped_is_a_note() -> None:
    world = await counted()
    del world.facts.purchases[0]
    assert set(kinds((await world.check()).differences)) == {Kind.VIEW_WRONG, Kind.VIEW_SURPLUS}
    report = await world.check(retention=timedelta(days=30))
    assert report.differences == []
    assert "retention" in report.warnings[0]


@pytest.mark.parametrize(("days_ago", "expected"), [(29, [Kind.PURCHASE_MISSING]), (31, [])])
async def test_a_dropped_purchase_leaves_its_guard_and_entry(days_ago: int, expected: list[Kind]) -> None:
    world = World()
    at = NOW - timedelta(days=days_ago)
    written = new_transaction(purchase(created_at=utc_text(at), kickback_type=KickbackType.MILE))
    assert written.entry is not None
    world.facts.others = [written.guard, sealed(replace(written.entry, recorded_at=utc_text(at)))]
    report = await world.check(retention=timedelta(days=30))
    assert kinds(report.differences) == expected
    world.facts.others.pop()
    assert kinds((await world.check()).differences) == [Kind.PURCHASE_MISSING, Kind.GUARD_WRONG]


def _facts(count: int) -> list[Fact]:
    facts: list[Fact] = []
    head = None
    for number in range(count):
        bought = purchase(transaction_id=f"t{number}", kickback_amount=number)
        written = new_transaction(bought, head)
        head = written.entry or head
        facts += [StoredPurchase(figures_of(bought), bought), written.guard]
        facts += [written.entry] if written.entry else []
    return facts


@pytest.mark.parametrize("passes", [1, 3])
async def test_what_was_recorded_is_clean(passes: int) -> None:
    world = World()
    world.facts.others = _facts(6)
    report = await world.check(passes=passes)
    assert (report.differences, report.facts) == ([], 6 * 3 - 1)


async def test_portions_tell_each_difference_once() -> None:
    world = World()
    *others, entry = _facts(3)
    assert isinstance(entry, LedgerEntry)
    world.facts.others = [*others, replace(entry, hash="x")]
    assert kinds((await world.check(passes=5)).differences) == [Kind.ENTRY_HASH]


async def test_a_write_that_is_half_seen_is_no_difference() -> None:
    world = World()
    whole = _facts(3)
    world.facts.others = whole[:-1]
    seen = 0

    def commit(name: str) -> None:
        nonlocal seen
        seen += name == "facts"
        if seen > world.facts.segments:
            world.facts.others = whole

    world.facts.called = commit
    assert (await world.check()).differences == []
    world.facts.called = lambda _: None
    world.facts.others = whole[:-1]
    assert kinds((await world.check()).differences) == [Kind.EARNING_MISSING, Kind.GUARD_WRONG]


async def test_a_write_that_is_half_seen_the_second_time_is_no_difference_either() -> None:
    world = World()
    facts = _facts(4)
    world.facts.others = [fact for fact in facts if fact is not facts[1]]
    seen = 0

    def begin(name: str) -> None:
        nonlocal seen
        seen += name == "facts"
        if seen > world.facts.segments:
            bought = purchase(transaction_id="new", kickback_amount=0)
            world.facts.others = [*world.facts.others, StoredPurchase(figures_of(bought), bought)]

    world.facts.called = begin
    (found,) = (await world.check()).differences
    assert (found.kind, found.key) == (Kind.GUARD_MISSING, "t0")


async def test_a_row_that_is_not_there() -> None:
    world = await counted()
    del world.views.rows[1, TOTAL]
    assert kinds((await world.check()).differences) == [Kind.VIEW_MISSING]


async def test_what_cannot_be_read_is_told_once() -> None:
    world = World()
    world.facts.unreadable = [Unreadable("USER#u|TRANSACTION#t", "an attribute is missing")]
    await world.rebuild()
    report = await world.check()
    assert kinds(report.differences) == [Kind.UNREADABLE, Kind.PARKED]
    assert len(repair_plan(report.differences)) == 3


async def test_a_shard_that_lags_is_a_note() -> None:
    world = await counted()
    world.record(ONE)
    assert (await world.check()).warnings == []
    world.moment += timedelta(minutes=2)
    assert (await world.check()).warnings == ["shard-0: more than a minute behind the stream"]
    await world.project()
    assert (await world.check()).warnings == []


def _without(name: str) -> Callable[[Fact], bool]:
    return lambda fact: type(fact).__name__ != name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Guard", [Kind.GUARD_MISSING] * 4),
        ("LedgerEntry", [Kind.EARNING_MISSING, Kind.GUARD_WRONG] * 3),
        ("StoredPurchase", [Kind.PURCHASE_MISSING] * 4),
    ],
)
async def test_a_whole_sort_is_gone(name: str, expected: list[Kind]) -> None:
    world = World()
    world.facts.others = list(filter(_without(name), _facts(4)))
    assert sorted(kinds((await world.check()).differences)) == sorted(expected)


async def test_another_account_has_versions_of_its_own() -> None:
    world = World()
    miles = new_transaction(purchase(transaction_id="m", kickback_type=KickbackType.MILE))
    assert miles.entry is not None
    assert miles.entry.account == Account("user123", KickbackType.MILE)
    world.facts.others = [
        *_facts(3),
        StoredPurchase(figures_of(miles.purchase), miles.purchase),
        miles.guard,
        miles.entry,
    ]
    assert (await world.check()).differences == []
