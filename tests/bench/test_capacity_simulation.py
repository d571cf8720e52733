"""The simulation of partitions: nothing is lost, more shards never hurt, and it agrees with `kickbacks skew`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.maintenance.skew import Assumptions, KeyLoad, skews
from app.ports.timelines import Subject, Timeline
from bench.capacity.inputs import Inputs, Rules
from bench.capacity.shares import even, of_list
from bench.capacity.simulation import Partitions, Traffic, made, simulate
from bench.capacity.throttling import SHARDS, begins

INPUTS, RULES = Inputs(), Rules()
SMALL = Rules(partition_writes=10)


def hot(rate: int, shards: int, seconds: int = 2) -> Traffic:
    """A single key."""
    return Traffic(rate, seconds, even(1), shards)


def test_one_partition_takes_its_units_each_second_and_refuses_the_rest() -> None:
    outcome = simulate(made(Traffic(1_500, 3, even(1), 1, units=2.0), 1), rules=RULES)
    assert (outcome.offered, outcome.admitted, outcome.throttled) == (4_500, 1_500, 3_000)
    assert outcome.throttled_share == pytest.approx(2 / 3)
    assert outcome.hottest == "0.0 shard 0"


@pytest.mark.parametrize(("burst_seconds", "admitted"), [(0, 25), (1, 35), (300, 40)])
def test_what_was_not_used_is_kept_only_when_bursts_are_asked_for(burst_seconds: float, admitted: int) -> None:
    quiet, busy = [(("p", 1.0),)] * 5, [(("p", 1.0),)] * 50
    outcome = simulate([quiet, quiet, quiet, busy], rules=SMALL, burst_seconds=burst_seconds)
    assert outcome.admitted == admitted


def test_all_of_its_partitions_or_none() -> None:
    partitions = Partitions(units=1.0)
    assert partitions.take([("a", 1.0), ("b", 1.0)])
    assert not partitions.take([("c", 1.0), ("a", 1.0)])
    assert partitions.take([("c", 1.0)])
    partitions.second()
    assert partitions.take([("a", 1.0)])


traffics = st.builds(
    Traffic,
    rate=st.integers(0, 300),
    seconds=st.integers(0, 4),
    shares=st.lists(st.floats(0.01, 1), min_size=1, max_size=5).map(of_list),
    shards=st.sampled_from([1, 2, 4, 8]),
    units=st.sampled_from([0.5, 1.0, 3.0]),
)


@settings(max_examples=50)
@given(traffics, st.integers(0, 99))
def test_what_is_offered_is_admitted_or_throttled(traffic: Traffic, seed: int) -> None:
    outcome = simulate(made(traffic, seed), rules=SMALL)
    assert outcome.admitted + outcome.throttled == outcome.offered == traffic.rate * traffic.seconds
    assert outcome == simulate(made(traffic, seed), rules=SMALL)
    assert (outcome.hottest is None) == (outcome.throttled == 0)


@settings(max_examples=30)
@given(st.integers(1, 200), st.sampled_from([1, 2, 4, 8, 16]))
def test_twice_the_shards_never_admit_less_on_average(rate: int, shards: int) -> None:
    few, many = (
        sum(simulate(made(hot(rate, count), seed), rules=SMALL).admitted for seed in range(10))
        for count in (shards, 2 * shards)
    )
    assert many >= few * 0.98  # the mean of ten seeds, not yet the expectation


@pytest.mark.parametrize("shards", SHARDS[:3])
def test_it_begins_to_refuse_a_little_below_what_is_computed(shards: int) -> None:
    computed = RULES.partition_writes * shards
    assert 0.8 * computed <= begins(shards, 1.0, INPUTS) <= 1.05 * computed


@settings(max_examples=10)
@given(st.integers(600, 3_900))
def test_skew_recommends_shards_that_take_one_and_a_half_to_four_times_the_rate(rate: int) -> None:
    """Less than half of a partition for each shard, and the power of two: see app.maintenance.skew."""
    load = KeyLoad(Timeline(Subject.CATEGORY, "GROCERY"), purchases=rate * 1_000, shards=1)
    (skew,) = skews([load], 1_000, Assumptions(peak_factor=1, purchase_units=1), top=1)
    assert skew.raise_to is not None
    assert 1.6 <= begins(skew.raise_to, 1.0, INPUTS) / rate <= 4.2
    assert simulate(made(hot(rate, skew.raise_to), 1), rules=RULES).throttled == 0


def test_where_skew_says_fine_nothing_is_refused() -> None:
    load = KeyLoad(Timeline(Subject.CATEGORY, "GROCERY"), purchases=490 * 1_000, shards=1)
    (skew,) = skews([load], 1_000, Assumptions(peak_factor=1, purchase_units=1), top=1)
    assert skew.raise_to is None
    assert simulate(made(hot(490, 1), 1), rules=RULES).throttled == 0
