import pytest

from app.domain.breakage import MINIMUM_LOTS, Outcome, expected_breakage


@pytest.mark.parametrize(
    ("outstanding", "earned", "expired", "expected"),
    [
        (1_000, 400, 100, 250),
        (0, 400, 100, 0),
        (1_000, 400, 0, 0),
        (1_000, 400, 400, 1_000),
        (1, 2, 1, 1),  # half up
        (10, 3, 1, 3),
        (10, 3, 2, 7),
        (10**30, 3, 1, (10**30 - 1) // 3),  # no float has so many digits
    ],
)
def test_the_share_that_expired_of_what_is_outstanding(
    outstanding: int, earned: int, expired: int, expected: int
) -> None:
    assert expected_breakage(outstanding, Outcome(MINIMUM_LOTS, earned, expired)) == expected


@pytest.mark.parametrize("over", [Outcome(), Outcome(MINIMUM_LOTS - 1, 100, 50), Outcome(MINIMUM_LOTS, 0, 0)])
def test_from_too_little_nothing_is_concluded(over: Outcome) -> None:
    assert expected_breakage(100, over) is None


def test_lots_add_up() -> None:
    over = Outcome()
    over.add(earned=10, expired=4)
    over.add(earned=5, expired=0)
    assert over == Outcome(2, 15, 4)
