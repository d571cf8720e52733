import pytest

from app.domain.trial_balance import TrialBalance, trial_balance_of
from app.domain.view_rows import ViewRow

AT = "2026-10-01T09:30:15.000250Z"


def row(**postings: tuple[int, int]) -> ViewRow:
    return ViewRow(postings={key.removeprefix("a"): sums for key, sums in postings.items()})


def of(*rows: tuple[str, ViewRow]) -> TrialBalance:
    return trial_balance_of(rows, AT)


def test_each_account_has_its_net_balance_on_one_side_and_its_turnover() -> None:
    found = of(("2026-09", row(a5110=(100, 30), a2110=(40, 110))), ("2026-10-01T08", row(a2110=(5, 0), a4110=(0, 5))))
    assert [(one.account.code, one.debit, one.credit, one.debit_total, one.credit_total) for one in found.accounts] == [
        ("2110", 0, 65, 45, 110),
        ("4110", 0, 5, 0, 5),
        ("5110", 70, 0, 100, 30),
    ]
    assert found.is_balanced


def test_an_account_whose_sides_are_the_same_is_listed_with_zeros() -> None:
    (one,) = of(("2026-09", row(a2110=(7, 7)))).accounts
    assert (one.debit, one.credit, one.debit_total, one.credit_total) == (0, 0, 7, 7)


def test_nothing_is_balanced() -> None:
    assert (of().accounts, of().is_balanced) == ((), True)


@pytest.mark.parametrize(
    ("rows", "balanced"),
    [
        ({"5110": (10, 0), "2110": (0, 10)}, True),
        ({"5110": (10, 0), "2110": (0, 9)}, False),
        ({"5110": (10, 0), "2120": (0, 10)}, False),  # points against miles
    ],
)
def test_types_are_never_added_to_each_other(rows: dict[str, tuple[int, int]], balanced: bool) -> None:
    assert of(("2026-09", ViewRow(postings=rows))).is_balanced is balanced


def test_of_the_second_itself_only_what_had_happened() -> None:
    second = {"000249#2110": (1, 0), "000250#2110": (2, 0), "000251#2110": (4, 0)}
    before = {"999999#2110": (8, 0)}
    rows = [("2026-10-01T09:30:15", ViewRow(postings=second)), ("2026-10-01T09:30:14", ViewRow(postings=before))]
    (one,) = of(*rows).accounts
    assert one.debit_total == 1 + 2 + 8
