import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kickbacks import KickbackType
from app.domain.periods import parse_month, parse_year
from app.domain.reports import change_of, parse_report_period, period_before, report_of
from app.domain.row_sums import sum_of
from app.domain.totals import Figures, Totals, total_of
from app.domain.view_rows import Counted, ViewRow
from tests.strategies import figures

ONE_TO_ONE = dict.fromkeys(KickbackType, 1_000_000)


def rows_of(many: list[Figures]) -> dict[tuple[str, str], ViewRow]:
    rows: dict[tuple[str, str], ViewRow] = {}
    for one in many:
        row = rows.setdefault((one.transaction_date[:7], one.category), ViewRow())
        row.add(one, Counted(part=one.card_id, part_name=one.card_name))
    return rows


@settings(max_examples=150)
@given(st.lists(figures, max_size=20))
def test_every_breakdown_adds_up_to_the_totals(many: list[Figures]) -> None:
    report = report_of(rows_of(many), ONE_TO_ONE)
    assert report.totals == total_of(many)
    categories = {row.member.member_id: row.member.totals for row in report.by_category}
    cards = {row.member.member_id: row.member.totals for row in report.by_card}
    assert categories == {name: total_of(x for x in many if x.category == name) for name in {x.category for x in many}}
    assert cards == {name: total_of(x for x in many if x.card_id == name) for name in {x.card_id for x in many}}
    assert list(report.by_month) == [
        (month, total_of(x for x in many if x.transaction_date.startswith(month)))
        for month in sorted({x.transaction_date[:7] for x in many})
    ]


@settings(max_examples=100)
@given(st.lists(figures, max_size=20), st.integers(0, 20))
def test_rows_added_up_are_what_one_row_would_have_counted(many: list[Figures], cut: int) -> None:
    whole, parts = ViewRow(), [ViewRow(), ViewRow()]
    for number, one in enumerate(many):
        counted = Counted(name=one.card_name, part=one.category, part_name=one.merchant_name)
        whole.add(one, counted)
        parts[number < cut].add(one, counted)
    parts[0].marks["a"] = b"1"
    total = sum_of(parts)
    assert (total.totals, total.parts, total.marks) == (whole.totals, whole.parts, {})
    assert total.naming.name == whole.naming.name
    assert parts[1].totals == total_of(many[:cut]), "what is added up is left as it is"


def test_what_is_all_reversed_is_not_shown() -> None:
    bought = Figures("t", "2023-05-01", "c", "u", "card", "金", "shop", "FUEL", 500, 5, KickbackType.POINT, 10_000)
    back = bought._replace(transaction_id="r", transaction_amount=-500, kickback_amount=-5, count_change=-1)
    other = bought._replace(transaction_id="o", category="GROCERY", card_id="other", transaction_date="2023-06-01")
    report = report_of(rows_of([bought, back, other]), ONE_TO_ONE)
    assert [row.member.member_id for row in report.by_category] == ["GROCERY"]
    assert [row.member.member_id for row in report.by_card] == ["other"]
    assert [month for month, _ in report.by_month] == ["2023-06"]
    assert report.totals.transaction_total == 500


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2023", "2022"),
        ("2023-05", "2023-04"),
        ("2023-01", "2022-12"),
        ("0001-02", "0001-01"),
        ("0002", "0001"),
        ("0001", None),
        ("0001-01", None),
        ("9999", "9998"),
    ],
)
def test_the_period_before(text: str, before: str | None) -> None:
    found = period_before(parse_report_period(text))
    assert (found.name if found else None) == before
    if found is not None:
        assert found == (parse_year(found.name) if len(found.name) == 4 else parse_month(found.name))


@pytest.mark.parametrize(
    "text", ["", "0000", "0000-01", "2023-13", "2023-00", "2023-5", "23", "2023-05-01", "２０２３"]
)
def test_other_texts_are_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a year, YYYY, or a month, YYYY-MM$"):
        parse_report_period(text)


def test_the_change_is_that_of_what_is_shown() -> None:
    valuation = {KickbackType.POINT: 1_500_000, KickbackType.MILE: 1_500_000, KickbackType.CASHBACK: 1_000_000}
    before = Totals(3, 900, 0, {KickbackType.POINT: 1, KickbackType.CASHBACK: 4})
    after = Totals(2, 1_000, 0, {KickbackType.POINT: 2, KickbackType.MILE: 1})
    change = change_of(before, after, valuation)
    assert (change.count, change.transaction_total) == (-1, 100)
    assert change.kickback_value == (3 + 1) - (1 + 4)
    assert change.kickback_by_type == {KickbackType.POINT: 1, KickbackType.MILE: 1, KickbackType.CASHBACK: -4}
    assert list(change.kickback_by_type) == list(KickbackType)
