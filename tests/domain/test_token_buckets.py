"""Buckets, on a clock that the test sets: whole numbers of microseconds."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.token_buckets import Allowance, TokenBuckets

SECOND_US = 1_000_000
START_US = 5_000 * SECOND_US

allowances = st.builds(Allowance, st.integers(1, 2_000_000), st.integers(1, 5_000))
pauses = st.lists(
    st.one_of(st.just(0), st.integers(0, 10), st.integers(0, 3 * SECOND_US), st.integers(0, 10**12)), max_size=60
)


def buckets(rate: int, burst: int, *, most: int = 100) -> TokenBuckets:
    return TokenBuckets(Allowance(rate, burst), most=most)


@pytest.mark.parametrize(
    ("rate", "burst", "at_us", "waits"),
    [
        (1, 1, [0, 0, 999_999, 1_000_000, 1_000_001], [0, 1_000_000, 1, 0, 999_999]),
        (1, 2, [0, 0, 0, 1_000_000, 1_000_000], [0, 0, 1_000_000, 0, 1_000_000]),
        (3, 1, [0, 1, 333_333, 333_334, 666_667], [0, 333_333, 1, 0, 1]),  # a third of a second is no whole number
        (1_000_000, 1, [0, 0, 1, 1, 2], [0, 1, 0, 1, 0]),
        (2, 4, [0, 0, 0, 0, 10 * SECOND_US, 10 * SECOND_US, 10 * SECOND_US, 10 * SECOND_US, 10 * SECOND_US],
         [0, 0, 0, 0, 0, 0, 0, 0, 500_000]),  # a long pause fills it, and no more than that
    ],
)  # fmt: skip
def test_what_is_answered_when(rate: int, burst: int, at_us: Sequence[int], waits: Sequence[int]) -> None:
    one = buckets(rate, burst)
    assert [one.take("a", START_US + moment) for moment in at_us] == waits


@given(allowance=allowances, pauses=pauses)
def test_never_more_than_the_burst_and_the_rate_allow_in_any_time(allowance: Allowance, pauses: list[int]) -> None:
    one, now, taken = TokenBuckets(allowance, most=10), START_US, []
    for pause in pauses:
        now += pause
        if one.take("a", now) == 0:
            taken.append(now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            allowed = allowance.burst * SECOND_US + allowance.rate * (taken[last] - taken[first])
            assert (last - first + 1) * SECOND_US <= allowed


@given(allowance=allowances, pauses=pauses)
def test_the_wait_is_enough_and_not_a_microsecond_too_long(allowance: Allowance, pauses: list[int]) -> None:
    one, now = TokenBuckets(allowance, most=10), START_US
    for pause in pauses:
        now += pause
        wait = one.take("a", now)
        if wait:
            assert wait <= -(-SECOND_US // allowance.rate)
            assert one.take("a", now + wait - 1) > 0
            assert one.take("a", now + wait) == 0
            now += wait


@given(allowance=allowances, others=st.lists(st.sampled_from("bcd"), max_size=200))
def test_nobody_takes_of_anothers_bucket(allowance: Allowance, others: list[str]) -> None:
    one = TokenBuckets(allowance, most=10)
    for other in others:
        one.take(other, START_US)
    mine = min(allowance.burst, 50)
    assert [one.take("a", START_US) for _ in range(mine)] == [0] * mine


def test_refusals_cost_nothing() -> None:
    one = buckets(1, 1)
    one.take("a", START_US)
    for _ in range(1_000):
        assert one.take("a", START_US) == SECOND_US
    assert one.take("a", START_US + SECOND_US) == 0


@given(allowance=allowances, back_us=st.integers(1, START_US))
def test_when_the_clock_goes_back_nobody_waits_for_it(allowance: Allowance, back_us: int) -> None:
    one = TokenBuckets(allowance, most=10)
    for _ in range(3):
        one.take("a", START_US)
    now = START_US - back_us
    wait = one.take("a", now)
    assert wait <= -(-SECOND_US // allowance.rate)
    assert wait == 0 or one.take("a", now + wait) == 0


def test_a_charge_takes_so_many_or_all_there_are() -> None:
    one = buckets(1, 10)
    one.charge("a", START_US, 9)
    assert [one.take("a", START_US), one.take("a", START_US)] == [0, SECOND_US]
    one.charge("a", START_US, 1_000)
    assert one.take("a", START_US) == SECOND_US  # it is empty, and not emptier than that


def test_single_keys_have_allowances_of_their_own() -> None:
    one = TokenBuckets(Allowance(1, 1), most=10, of={"busy": Allowance(1, 3)})
    assert [one.take("busy", START_US) == 0 for _ in range(4)] == [True, True, True, False]
    assert [one.take("other", START_US) == 0 for _ in range(2)] == [True, False]
    assert (one.allowance_of("busy"), one.allowance_of("other")) == (Allowance(1, 3), Allowance(1, 1))


def test_a_million_addresses_take_no_more_memory_than_so_many() -> None:
    one = buckets(1, 1, most=50)
    for number in range(10_000):
        one.take(f"address {number}", START_US)
        assert len(one) <= 50


def test_who_was_not_there_for_longest_is_forgotten() -> None:
    one = buckets(1, 1, most=3)
    for key in ("a", "b", "c", "a"):  # the second of a is refused, but it was there
        one.take(key, START_US)
    one.take("d", START_US)
    assert one.take("a", START_US) > 0
    assert one.take("c", START_US) > 0
    assert one.take("b", START_US) == 0  # forgotten: as if it had never been there


@pytest.mark.parametrize(("rate", "burst", "seconds"), [(1, 1, 1), (50, 100, 2), (3, 10, 4), (1000, 1, 1)])
def test_how_long_an_empty_one_takes_to_fill(rate: int, burst: int, seconds: int) -> None:
    assert Allowance(rate, burst).refill_seconds == seconds
