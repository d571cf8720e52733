"""The journal's sums from the views are those of the entries, at any instant, however records are delivered."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.bookings import booking_of
from app.domain.ledger import LedgerEntry
from app.domain.trial_balance import trial_balance_of
from app.ports.views import JournalTotal
from app.projections.applying import Applying, apply
from app.projections.journal import rows_of
from app.projections.remembered import RememberedRows
from app.retrying import Backoff
from tests.domain.histories import histories, instants
from tests.domain.passbooks import earning, passbook
from tests.domain.trial_sums import added_up, shown
from tests.fakes.views import FakeViews
from tests.fakes.views_reading import FakeViewsReading
from tests.projections.events import GENERATION, event

seeds = st.integers(0, 2**32)


async def delivered(entries: list[LedgerEntry], rng: random.Random) -> FakeViews:
    """By two sources, each in its order, cut anywhere and partly delivered again."""
    views = FakeViews()
    using = Applying(views, RememberedRows(rng.choice([1, 50])), Backoff(9, rng.random))
    events = [event(number, booking_of(one)) for number, one in enumerate(entries, start=1)]
    for source, left in {"one": events[::2], "other": events[1::2]}.items():
        done = 0
        while done < len(left):
            start, end = max(0, done - rng.randrange(6)), min(len(left), done + rng.randint(1, 9))
            assert not (await apply(left[start:end], source, GENERATION, using=using)).waiting
            done = end
    return views


@settings(max_examples=60, deadline=None)
@given(seeds)
async def test_at_any_instant_it_is_the_fold_over_the_entries(seed: int) -> None:
    rng = random.Random(seed)
    entries = histories(seed)
    reading = FakeViewsReading(await delivered(entries, rng))
    for at in instants(entries, rng):
        found = trial_balance_of(await reading.journal(GENERATION, at), at)
        assert shown(found) == added_up(entries, at), at
        assert found.is_balanced


def test_three_rows_an_entry_in_the_shard_of_its_user() -> None:
    (entry,) = passbook([earning(50)])
    rows = [view_id for view_id, _ in rows_of(booking_of(entry), 1)]
    assert rows == [JournalTotal(period, 0) for period in ("2023-05", "2023-05-01T12", "2023-05-01T12:34:56")]
    shards = {
        view_id.shard
        for number in range(100)
        for view_id, _ in rows_of(booking_of(entry)._replace(user_id=f"u{number}"), 8)
        if isinstance(view_id, JournalTotal)
    }
    assert shards == set(range(8))


def test_a_users_entries_are_in_one_shard() -> None:
    for booking in map(booking_of, histories(5, users=("u1",))):
        assert len({view_id.shard for view_id, _ in rows_of(booking, 16) if isinstance(view_id, JournalTotal)}) == 1


def test_an_entry_of_nothing_has_no_rows() -> None:
    (entry,) = passbook([earning(50)])
    assert list(rows_of(booking_of(entry)._replace(postings=()), 4)) == []
