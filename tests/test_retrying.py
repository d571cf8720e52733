import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.retrying import Backoff
from tests.commands.recorders import Waits


@pytest.mark.parametrize(
    ("attempt", "longest"),
    [(0, 0.02), (1, 0.04), (2, 0.08), (4, 0.32), (5, 0.5), (6, 0.5), (100_000, 0.5)],
)
async def test_the_bound_doubles_up_to_half_a_second(attempt: int, longest: float) -> None:
    waits = Waits()
    await Backoff(3, lambda: 1.0, sleep=waits).wait(attempt)
    assert waits.seconds == [pytest.approx(longest)]


@settings(max_examples=50)
@given(st.floats(0, 1), st.integers(0, 50))
async def test_the_wait_is_random_below_the_bound(random: float, attempt: int) -> None:
    waits, longest = Waits(), Waits()
    await Backoff(3, lambda: random, sleep=waits).wait(attempt)
    await Backoff(3, lambda: 1.0, sleep=longest).wait(attempt)
    assert waits.seconds == [pytest.approx(random * longest.seconds[0])]


async def test_the_longest_wait_may_be_another() -> None:
    waits = Waits()
    for attempt in range(8):
        await Backoff(8, lambda: 1.0, sleep=waits, longest=0.2).wait(attempt)
    assert waits.seconds == [pytest.approx(one) for one in (0.02, 0.04, 0.08, 0.16, 0.2, 0.2, 0.2, 0.2)]
