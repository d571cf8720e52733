"""Retries that help are free, retries in vain are few."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.retry_budget import RetryBudget


def call(budget: RetryBudget, failures: int, *, attempts: int) -> tuple[bool, int]:
    """A call whose first `failures` attempts fail. Whether it succeeded, and with how many attempts."""
    retries = 0
    while retries < failures:
        if retries + 1 == attempts or not budget.take():
            return False, retries + 1
        retries += 1
    if retries:
        budget.give_back(retries)
    elif not budget.full:
        budget.earn()
    return True, retries + 1


def test_in_vain_only_what_was_there_is_spent() -> None:
    budget = RetryBudget(100)
    tried = [call(budget, 99, attempts=8)[1] for _ in range(1_000)]
    assert sum(tried) == 1_000 + 100
    assert tried[-1] == 1


@pytest.mark.parametrize("successes", [0, 1, 9, 10, 95, 100_000])
def test_ten_calls_that_succeed_at_once_earn_a_retry(successes: int) -> None:
    budget = RetryBudget(50)
    while budget.take():
        pass
    assert not budget.full
    for _ in range(successes):
        call(budget, 0, attempts=8)
    assert budget.tokens == min(50, successes // 10)
    assert budget.full == (successes >= 500)


def test_retries_that_help_cost_nothing_for_ever() -> None:
    budget = RetryBudget(7)
    assert all(call(budget, 7, attempts=8) == (True, 8) for _ in range(1_000))
    assert budget.full


@settings(max_examples=200)
@given(st.integers(1, 100), st.lists(st.integers(0, 9), max_size=400))
def test_what_is_tried_in_vain_is_a_tenth_of_the_calls_and_the_tokens_there_were(
    most: int, failures: list[int]
) -> None:
    budget, in_vain = RetryBudget(most), 0
    for one in failures:
        succeeded, attempts = call(budget, one, attempts=8)
        in_vain += 0 if succeeded else attempts - 1
        assert 0 <= budget.tokens <= most
    assert in_vain <= most + len(failures) // 10
