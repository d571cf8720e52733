"""However records are cut, repeated, interrupted or raced for, each counts once in each of its rows."""

import asyncio
import random
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kickbacks import KickbackType
from app.domain.totals import Figures
from app.ports.errors import StoreUnavailable
from app.ports.views import CategoryTotal, Saved, Unsavable, ViewId
from app.projections.applying import Applying, apply
from app.projections.folding import Event
from app.projections.remembered import RememberedRows
from app.retrying import Backoff
from tests.fakes.views import FakeViews
from tests.projections.events import GENERATION, event, plain_fold, without_marks
from tests.strategies import figures


class Killed(Exception):
    """The process ends here."""


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


def applying(views: FakeViews, attempts: int = 200, remembered: int = 50) -> Applying:
    return Applying(views, RememberedRows(remembered), Backoff(attempts, random.Random(1).random, sleep=no_wait))


def purchases(number: int, seed: int = 1) -> list[Figures]:
    rng = random.Random(seed)
    return [
        figures_of(rng, n)  # a few cards, users and shops, so that rows are shared
        for n in range(number)
    ]


def figures_of(rng: random.Random, number: int) -> Figures:
    return Figures(
        f"t{number:05d}",
        f"2023-0{rng.choice('456')}-{rng.choice(('01', '15'))}",
        "2023-05-01T12:34:56.000000Z",
        f"user{rng.randrange(4)}",
        f"card{rng.randrange(5)}",
        rng.choice([None, "old", "new"]),
        f"shop{rng.randrange(3)}",
        rng.choice(["GROCERY", "FUEL"]),
        rng.randrange(-500, 5000),
        rng.randrange(-5, 50),
        rng.choice(list(KickbackType)),
        rng.randrange(100_000),
        rng.choice([1, 1, 1, 0, -1]),
    )


deliveries = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=15)


@settings(max_examples=60)
@given(st.lists(figures, min_size=1, max_size=25), deliveries)
async def test_repeats_and_cuts_change_nothing(many: list[Figures], cuts: list[tuple[int, int]]) -> None:
    """Any walk over the records that leaves none out: each step goes back some records and on by some more."""
    events = [event(number, one) for number, one in enumerate(many, start=1)]
    views = FakeViews()
    done = 0
    for back, portion in [*cuts, (0, len(events)), (len(events), len(events))]:
        start = max(0, done - back)
        end = max(done, min(len(events), start + portion))
        await apply(events[start:end], "source", GENERATION, using=applying(views))
        done = end
    assert without_marks(views.of(1)) == plain_fold(many)


@settings(max_examples=60)
@given(st.lists(figures, min_size=1, max_size=20), st.randoms(use_true_random=False))
async def test_a_batch_in_any_order_with_repeats_counts_each_once(many: list[Figures], rng: random.Random) -> None:
    events = [event(number, one) for number, one in enumerate(many, start=1)] * 3
    rng.shuffle(events)
    views = FakeViews()
    await apply(events, "source", GENERATION, using=applying(views))
    assert without_marks(views.of(1)) == plain_fold(many)


@settings(max_examples=40)
@given(st.lists(figures, min_size=1, max_size=20), st.randoms(use_true_random=False))
async def test_a_mistaken_replay_of_old_records_changes_nothing(many: list[Figures], rng: random.Random) -> None:
    events = [event(number, one) for number, one in enumerate(many, start=1)]
    views = FakeViews()
    await apply(events, "source", GENERATION, using=applying(views))
    for _ in range(5):
        await apply(rng.sample(events, rng.randint(1, len(events))), "source", GENERATION, using=applying(views))
    assert without_marks(views.of(1)) == plain_fold(many)


@settings(max_examples=40)
@given(st.lists(st.lists(figures, max_size=8), min_size=2, max_size=4), st.randoms(use_true_random=False))
async def test_several_sources_in_any_interleaving(sources: list[list[Figures]], rng: random.Random) -> None:
    left = {f"source{n}": [event(i, one) for i, one in enumerate(many, 1)] for n, many in enumerate(sources)}
    views = FakeViews()
    while any(left.values()):
        name = rng.choice([name for name, events in left.items() if events])
        portion = rng.randint(1, 3)
        await apply(left[name][:portion], name, GENERATION, using=applying(views))
        left[name] = left[name][portion:]
    assert without_marks(views.of(1)) == plain_fold([one for many in sources for one in many])


async def test_killed_before_every_call_in_turn() -> None:
    many = purchases(40)
    events = [event(number, one) for number, one in enumerate(many, start=1)]
    for place in count(1):
        views = FakeViews(called=killing(place))
        killed = False
        try:
            await run_in_batches(events, views)
        except Killed:
            killed = True
            views.called = lambda _: None
            await run_in_batches(events, views)  # from the start: nobody remembers how far it was
        assert without_marks(views.of(1)) == plain_fold(many), f"killed before call {place}"
        if not killed:
            assert place > 50
            return


def killing(place: int) -> Callable[[str], None]:
    calls = count(1)

    def called(_: str) -> None:
        if next(calls) == place:
            raise Killed

    return called


async def run_in_batches(events: list[Event], views: FakeViews, size: int = 13) -> None:
    using = applying(views)
    for start in range(0, len(events), size):
        applied = await apply(events[start : start + size], "source", GENERATION, using=using)
        assert not applied.waiting


async def test_two_projectors_on_the_same_records_at_once() -> None:
    many = purchases(150)
    events = [event(number, one) for number, one in enumerate(many, start=1)]
    views = FakeViews()
    await asyncio.gather(*(run_in_batches(events, views, size) for size in (13, 7, 150)))
    assert without_marks(views.of(1)) == plain_fold(many)


@pytest.mark.parametrize("lose_answers", [False, True])
@pytest.mark.parametrize("seed", range(5))
async def test_saves_that_fail_or_whose_answer_is_lost(seed: int, lose_answers: bool) -> None:
    rng = random.Random(seed)
    many = purchases(60, seed)
    views = FakeViews(outcome=lambda _: Saved.UNAVAILABLE if rng.random() < 0.4 else None, lose_answers=lose_answers)
    await run_in_batches([event(number, one) for number, one in enumerate(many, start=1)], views)
    assert without_marks(views.of(1)) == plain_fold(many)


async def test_loads_that_fail_are_tried_again() -> None:
    rng = random.Random(3)
    many = purchases(30)

    def called(name: str) -> None:
        if name == "load" and rng.random() < 0.5:
            raise StoreUnavailable("injected")

    views = FakeViews(called=called)
    await run_in_batches([event(number, one) for number, one in enumerate(many, start=1)], views)
    assert without_marks(views.of(1)) == plain_fold(many)


async def test_what_waits_is_told_and_comes_again() -> None:
    """The row of one category cannot be saved for a while: all from its first event on is to come again."""
    many = purchases(30)
    events = [event(number, one) for number, one in enumerate(many, start=1)]
    first = next(one for one in events if isinstance(one.figures, Figures) and one.figures.category == "FUEL")
    views = FakeViews(outcome=lambda row: Saved.UNAVAILABLE if is_total(row, "FUEL") else None)
    applied = await apply(events, "source", GENERATION, using=applying(views, attempts=3))
    assert applied.waiting[0] == first
    views.outcome = lambda _: None
    again = events[events.index(first) :]
    assert not (await apply(again, "source", GENERATION, using=applying(views))).waiting
    assert without_marks(views.of(1)) == plain_fold(many)


async def test_a_row_that_storage_never_takes_stops_no_other() -> None:
    many = purchases(30)
    events = [event(number, one) for number, one in enumerate(many, start=1)]
    views = FakeViews(outcome=lambda row: Unsavable("too large") if is_total(row, "FUEL") else None)
    applied = await apply(events, "source", GENERATION, using=applying(views))
    assert not applied.waiting
    lost = {view_id: [one.figures for one in events] for view_id, _, events in applied.refused}
    wanted = plain_fold(many)
    assert set(lost) == {view_id for view_id in wanted if is_total(view_id, "FUEL")}
    assert {reason for _, reason, _ in applied.refused} == {"too large"}
    assert without_marks(views.of(1)) == {view_id: row for view_id, row in wanted.items() if view_id not in lost}


def is_total(view_id: ViewId, category: str) -> bool:
    return isinstance(view_id, CategoryTotal) and view_id.category == category


async def test_remembered_rows_are_bounded_and_only_a_saving() -> None:
    many = purchases(60)
    views = FakeViews()
    using = applying(views, remembered=3)
    for number, one in enumerate(many, start=1):
        await apply([event(number, one)], "source", GENERATION, using=using)
        assert len(using.rows) <= 3
    assert without_marks(views.of(1)) == plain_fold(many)
