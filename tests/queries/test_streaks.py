"""Streaks from the purchases, with reversals among them."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reversals import Part, reversal_of
from app.domain.streaks import Run, Streaks, StreakUnit, period_number
from app.queries.streaks import user_streaks
from tests.fakes import FakeFacts, FakeKickbacks
from tests.purchases import purchase

FIRST = date(2024, 2, 26)


def day(number: int) -> date:
    return date.fromordinal(FIRST.toordinal() + number)


def record(facts: FakeFacts, number: int, on: date, parts: list[int], user_id: str = "user123") -> None:
    """A purchase of 3, and reversals of so much of it."""
    bought = purchase(transaction_id=f"t{number}", user_id=user_id, transaction_date=on, transaction_amount=3)
    facts.purchases[user_id, on, bought.transaction_id] = bought
    for place, part in enumerate(parts):
        is_last = sum(parts[: place + 1]) == 3
        facts.further.append(
            reversal_of(bought, Part(part, 0), reversal_id=f"r{place}", is_last=is_last, reason=None, created_at="2024")
        )


PURCHASES = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([[], [1], [1, 1], [1, 2], [3], [1, 1, 1]])))


@given(PURCHASES, st.integers(-1, 14))
async def test_days_with_something_left(bought: list[tuple[int, list[int]]], on: int) -> None:
    facts = FakeFacts()
    for number, (when, parts) in enumerate(bought):
        record(facts, number, day(when), parts)
        record(facts, number, day(when + 1), [], user_id="another")
    found = await user_streaks("user123", StreakUnit.DAY, day(on), kickbacks=FakeKickbacks(facts))
    there = {when for when, parts in bought if sum(parts) < 3 and when <= on}
    assert found.periods == len(there)
    length, last = 0, on if on in there else on - 1
    while last - length in there:
        length += 1
    offset = period_number(StreakUnit.DAY, FIRST)
    assert found.current == (Run(offset + last - length + 1, offset + last) if length else None)


async def test_months_and_the_bound_within_a_month() -> None:
    facts = FakeFacts()
    for number, on in enumerate([date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29)]):
        record(facts, number, on, [])
    december = period_number(StreakUnit.MONTH, date(2023, 12, 1))
    for on, current, periods in (
        (date(2024, 2, 28), Run(december, december + 1), 2),
        (date(2024, 2, 29), Run(december, december + 2), 3),
        (date(2024, 3, 31), Run(december, december + 2), 3),
        (date(2024, 4, 1), None, 3),
    ):
        found = await user_streaks("user123", StreakUnit.MONTH, on, kickbacks=FakeKickbacks(facts))
        assert (found.current, found.periods) == (current, periods)


async def test_a_user_without_purchases() -> None:
    kickbacks = FakeKickbacks(FakeFacts())
    assert await user_streaks("nobody", StreakUnit.DAY, FIRST, kickbacks=kickbacks) == Streaks(None, None, 0)
