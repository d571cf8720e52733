from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.importing.expressions import Context, ExpressionInvalid, parse_expression
from app.cli.importing.functions import RowInvalid, keyed_hash, times

CONTEXT = Context(ZoneInfo("Asia/Tokyo"), b"secret")
ROW = {
    "amt": "60.51",
    "cc": "4111111111111111",
    "cat": "grocery_pos",
    "shop": "fraud_Kirlin and Sons",
    "first": "Jeff",
    "last": "Elliott",
    "when": "2020-06-21 12:14:25",
    "slashed": "2020/06/21",
    "yen": "￥1,234",
    "利用 額 (円)": "５",
    "ｶｰﾄﾞ名": "プラチナ",
    "empty": " ",
    "number": 7,
    "decimal": Decimal("0.25"),
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("first", "Jeff"),
        ("number", "7"),
        ("decimal", "0.25"),
        ("ｶｰﾄﾞ名", "プラチナ"),
        ('col("利用 額 (円)")', "５"),
        ('"STORE"', "STORE"),
        ("'é' + first", "éJeff"),
        ("first + ' ' + last", "Jeff Elliott"),
        ("amt * 100", "6051"),
        ("decimal * 4", "1"),
        ("number(yen)", "1234"),
        ("number(yen) * 10", "12340"),
        ("upper(cat)", "GROCERY_POS"),
        ("strip_prefix(shop, 'fraud_')", "Kirlin and Sons"),
        ("strip_prefix(first, 'fraud_')", "Jeff"),
        ("match(cat, '*_pos', 'STORE', '*_net', 'ONLINE')", "STORE"),
        ("match(cat, '*_net', 'ONLINE')", None),
        ("local_time(when)", "2020-06-21T12:14:25+09:00"),
        ("local_time(slashed, '%Y/%m/%d')", "2020-06-21T00:00:00+09:00"),
        ("date(slashed, '%Y/%m/%d')", "2020-06-21"),
        ("empty", None),
        ("missing", None),
        ("upper(empty)", None),
        ("first + empty", None),
        ("hmac(first, empty)", None),
    ],
)
def test_a_field_is_made_from_columns(expression: str, value: str | None) -> None:
    made, _ = parse_expression(expression, CONTEXT)
    assert made(ROW) == value


@pytest.mark.parametrize(
    "expression",
    ["amt * 10", "first * 100", "number(first)", "local_time(first)", "date(when, '%Y/%m/%d')", "yen * 1"],
)
def test_a_value_that_does_not_fit_is_the_rows_fault_and_is_not_repeated(expression: str) -> None:
    made, _ = parse_expression(expression, CONTEXT)
    with pytest.raises(RowInvalid) as caught:
        made(ROW)
    assert not any(str(value) in str(caught.value) for value in ROW.values() if str(value).strip() and value != 7)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "amt *",
        "amt * 1.5",
        "amt / 100",
        "amt * -1 ** 2",
        "unknown(amt)",
        "upper()",
        "upper(amt, 'x')",
        "strip_prefix(shop)",
        "strip_prefix(shop, first)",
        "match(cat, '*_pos')",
        "date(when)",
        "hmac()",
        "__import__('os').system('true')",
        "amt if first else last",
        "[amt]",
        "7",
        "upper(amt, key='x')",
    ],
)
def test_anything_else_is_not_understood(expression: str) -> None:
    with pytest.raises(ExpressionInvalid):
        parse_expression(expression, CONTEXT)


def test_columns_are_told() -> None:
    assert parse_expression("hmac(first, last) + col('a b') + 'x'", CONTEXT)[1] == {"first", "last", "a b"}


def test_hmac_needs_a_key_and_local_time_a_zone() -> None:
    for expression, name in (("hmac(cc)", "KICKBACKS_HASH_KEY"), ("local_time(when)", "--timezone")):
        with pytest.raises(ExpressionInvalid, match=name):
            parse_expression(expression, Context())


def test_a_hash_depends_on_the_key_and_on_where_the_values_end() -> None:
    made = {keyed_hash(values, key) for values in (["ab", "c"], ["a", "bc"], ["abc"]) for key in (b"1", b"2")}
    assert len(made) == 6
    assert keyed_hash(["ab", "c"], b"1") in made
    assert all(len(one) == 32 for one in made)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_multiplication_is_exact(amount: Decimal) -> None:
    assert Decimal(times(f"{amount:f}", 100)) == amount * 100
