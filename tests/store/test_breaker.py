"""When the circuit opens, what goes through while it is open, and when it closes."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.breaker import Breaker, BreakerRule, CircuitOpen

SECOND = 1_000_000_000
RULE = BreakerRule()


@dataclass
class Told:
    """A breaker with its own clock, and what it has told."""

    changes: list[bool] = field(default_factory=list)
    now: int = 1_000 * SECOND + 7

    def __post_init__(self) -> None:
        self.breaker = Breaker("Facts", RULE, lambda one: self.changes.append(not one.closed))

    def wait(self, seconds: int) -> None:
        self.now += seconds * SECOND

    def call(self, *, well: bool) -> None:
        ticket = self.breaker.admit(self.now)
        (self.breaker.succeeded if well else self.breaker.failed)(ticket, self.now)

    def calls(self, pattern: str) -> None:
        """`+` ends well, `-` fails, a digit waits that many seconds."""
        for one in pattern:
            if one.isdigit():
                self.wait(int(one))
            else:
                self.call(well=one == "+")

    def refuses(self) -> bool:
        try:
            self.breaker.admit(self.now)
        except CircuitOpen:
            return True
        return False


@pytest.mark.parametrize(
    ("pattern", "closed"),
    [
        ("-" * 19, True),
        ("-" * 20, False),
        ("-+" * 9 + "-", True),
        ("-+" * 9 + "-+-", False),
        ("-" + "+" * 20 + "-" * 18, True),  # 19 of 39
        ("-" + "+" * 20 + "-" * 19, False),  # 20 of 40
        ("+" * 10_000 + "-" * 20, False),  # what went well before the first failure says nothing
        ("-" * 19 + "991" + "-", True),  # ten seconds later those before are forgotten
        ("-" * 19 + "9" + "-", False),
        ("-" * 19 + "9" + "+" * 18 + "-", False),  # 20 of 38
        ("-" * 19 + "9" + "+" * 22 + "-", True),  # 20 of 42
        ("+++---" * 3, True),
        ("-++" * 1_000, True),
    ],
)
def test_it_opens_when_half_of_at_least_twenty_fail(pattern: str, closed: bool) -> None:
    told = Told()
    told.calls(pattern)
    assert told.breaker.closed is closed
    assert told.changes == ([] if closed else [True])


def open_one() -> Told:
    told = Told()
    told.calls("-" * 20)
    assert told.changes == [True]
    return told


def test_open_it_lets_nothing_through_for_two_seconds() -> None:
    told = open_one()
    told.now += RULE.probe_ns - 1
    assert [told.refuses() for _ in range(100)] == [True] * 100
    told.now += 1
    assert [told.refuses() for _ in range(100)] == [False] + [True] * 99


def test_a_probe_that_succeeds_closes_it() -> None:
    told = open_one()
    told.wait(2)
    told.call(well=True)
    assert told.changes == [True, False]
    assert (told.breaker.closed, told.breaker.calm) == (True, True)
    told.calls("-" * 19)  # nothing is left of the failures before
    assert told.breaker.closed


def test_a_probe_that_fails_is_followed_by_another_two_seconds_after_its_end() -> None:
    told = open_one()
    told.wait(2)
    probe = told.breaker.admit(told.now)
    told.wait(1)
    told.breaker.failed(probe, told.now)
    told.wait(1)
    assert told.refuses()
    told.wait(1)
    told.call(well=True)
    assert told.changes == [True, False]


def test_a_probe_of_which_nobody_hears_again_holds_up_nothing() -> None:
    told = open_one()
    told.wait(2)
    assert not told.refuses()
    told.wait(2)
    assert not told.refuses()


def test_the_answer_to_an_earlier_probe_counts_too() -> None:
    told = open_one()
    told.wait(2)
    first = told.breaker.admit(told.now)
    told.wait(2)
    told.breaker.admit(told.now)
    told.breaker.succeeded(first, told.now)
    assert told.breaker.closed


def test_calls_from_before_it_opened_neither_close_it_nor_put_off_the_probe() -> None:
    told = Told()
    old = told.breaker.admit(told.now)
    told.calls("-" * 20)
    told.breaker.succeeded(old, told.now)
    assert not told.breaker.closed
    told.wait(1)
    told.breaker.failed(old, told.now)
    told.wait(1)
    assert not told.refuses()


def test_calls_from_before_it_closed_are_no_news() -> None:
    told = open_one()
    old = told.breaker.ticket - 1
    told.wait(2)
    late = told.breaker.admit(told.now)
    told.breaker.succeeded(late, told.now)
    for ticket in [old, late] * 30:
        told.breaker.failed(ticket, told.now)
    assert told.breaker.calm


def test_it_is_calm_again_when_the_failures_are_old() -> None:
    told = Told()
    assert told.breaker.calm
    told.calls("-+")
    assert not told.breaker.calm
    told.calls("9+")
    assert not told.breaker.calm
    told.calls("1+")
    assert told.breaker.calm


class Slow:
    """What the rule says, from a list of everything that has ended since the oldest failure."""

    def __init__(self) -> None:
        self.ended: list[tuple[int, bool]] = []
        self.open = False
        self.probe_at = 0

    def call(self, now: int, *, well: bool) -> bool:
        """Whether it was let through."""
        if self.open:
            if now < self.probe_at:
                return False
            self.open, self.ended = (False, []) if well else (True, self.ended)
            self.probe_at = now + RULE.probe_ns
            return True
        recent = [(second, good) for second, good in self.ended if second > (now - RULE.window_ns) // SECOND]
        failures = [second for second, good in recent if not good]
        self.ended = [one for one in recent if failures and one[0] >= failures[0]]
        if self.ended or not well:
            self.ended.append((now // SECOND, well))
        failed = sum(not good for _, good in self.ended)
        if not well and len(self.ended) >= RULE.calls and 2 * failed >= len(self.ended):
            self.open, self.probe_at = True, now + RULE.probe_ns
        return True


STEPS = st.lists(st.tuples(st.integers(0, 3 * SECOND), st.booleans(), st.integers(1, 12)), max_size=60)


@settings(max_examples=100)
@given(STEPS)
def test_it_does_what_the_rule_says_whatever_comes(steps: list[tuple[int, bool, int]]) -> None:
    told, slow = Told(), Slow()
    for waited, well, times in steps:
        told.now += waited
        for _ in range(times):
            through = slow.call(told.now, well=well)
            if through:
                told.call(well=well)
            else:
                assert told.refuses()
            assert told.breaker.closed is not slow.open
    assert told.changes == [change % 2 == 0 for change in range(len(told.changes))]
