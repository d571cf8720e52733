"""From what clients send to a purchase: what is completed, what is refused, and that nothing sent is repeated."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.problems import FieldError, Problem
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import Channel, KickbackType
from app.domain.purchases import fingerprint
from tests.api.bad_values import BAD
from tests.api.bodies import EXAMPLE, RULES, body, read, refusal
from tests.api.test_json_bodies import CORPUS
from tests.purchases import purchase

CANARY = "canary7f3a"
REQUIRED = ["userId", "cardId", "merchantName", "category", "transactionAmount", "kickbackType"]


def test_the_example_body_is_the_example_purchase() -> None:
    assert read(body()) == purchase(created_at="2026-11-22T03:04:05.000000Z")


def test_the_smallest_body() -> None:
    small = read(
        b'{"userId": "u", "cardId": "c", "merchantName": "m", "category": "x", "transactionAmount": 999,'
        b'"kickbackType": "MILE", "kickbackRate": "0.005", "occurredAt": "2023-05-01T15:00:00Z"}'
    )
    assert (small.transaction_id, small.category, small.kickback_type) == ("made-here", "X", KickbackType.MILE)
    assert (small.kickback_amount, small.kickback_rate_millionths) == (4, 5000)
    assert small.transaction_date == date(2023, 5, 2)  # it is tomorrow in Tokyo
    assert small.occurred_at == "2023-05-01T15:00:00Z"
    assert (small.card_name, small.description, small.channel, small.expiration_time) == (None, None, None, None)


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required(name: str) -> None:
    assert refusal(body(**{name: None})) == (FieldError(f"/{name}", "Field required"),)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"transactionDate": None}, "/transactionDate"),
        ({"kickbackAmount": None, "kickbackRate": None}, "/kickbackAmount"),
    ],
)
def test_one_of_two_is_required(changes: dict[str, Any], pointer: str) -> None:
    assert [error.pointer for error in refusal(body(**changes))] == [pointer]


@pytest.mark.parametrize(
    ("amount", "kickback", "rate", "expected"),
    [
        (5000, None, "0.01", (50, 10_000)),
        (4999, None, 0.01, (49, 10_000)),
        (99, None, 0.01, (0, 10_000)),
        (MAX_AMOUNT, None, 1, (MAX_AMOUNT, 1_000_000)),
        (5000, 50, None, (50, 10_000)),
        (3, 1, None, (1, 333_333)),
        (5000, 0, None, (0, 0)),
        (5000, 77, "0.01", (77, 10_000)),  # both are kept as they were sent
    ],
)
def test_amount_and_rate_complete_each_other(
    amount: int, kickback: int | None, rate: Any, expected: tuple[int, int]
) -> None:
    made = read(body(transactionAmount=amount, kickbackAmount=kickback, kickbackRate=rate))
    assert (made.kickback_amount, made.kickback_rate_millionths) == expected


@pytest.mark.parametrize(
    "spelling", ["0.01", "0.010", "0.010000000", "1e-2", '"0.01"', '"0.010"', '"00.01"', "0.0100000000000000000000"]
)
def test_a_rate_is_the_same_however_it_is_spelled(spelling: str) -> None:
    sent = body().replace(b"0.01", spelling.encode())
    assert fingerprint(read(sent)) == fingerprint(purchase())


@pytest.mark.parametrize("channel", Channel)
def test_channels(channel: Channel) -> None:
    assert read(body(channel=channel.value)).channel is channel


def test_spelling_does_not_change_the_fingerprint() -> None:
    instant = {"occurredAt": "2023-05-01T21:34:56+09:00"}
    as_sent = fingerprint(read(body(**instant)))
    for spelling in ("2023-05-01T12:34:56Z", "2023-05-01t12:34:56.000z", "2023-05-01T12:34:56+00:00"):
        assert fingerprint(read(body(occurredAt=spelling))) == as_sent
    assert fingerprint(read(body(**instant, category="grocery"))) == as_sent
    assert fingerprint(read(body(**instant, kickbackRate=None))) == as_sent
    assert fingerprint(read(json.dumps({**EXAMPLE, **instant}, indent=4).encode())) == as_sent  # and \u escapes
    assert fingerprint(read(body(occurredAt="2023-05-01T12:34:57Z"))) != as_sent


def test_composed_and_decomposed_texts_are_the_same() -> None:
    assert fingerprint(read(body(merchantName="ガ"))) == fingerprint(read(body(merchantName="カ\u3099")))


def test_the_order_of_fields_does_not_matter() -> None:
    names = list(EXAMPLE)
    orders = list(permutations(names[:4]))
    made = {
        fingerprint(read(json.dumps({name: EXAMPLE[name] for name in [*order, *names[4:]]}).encode()))
        for order in orders
    }
    assert made == {fingerprint(purchase())}


@pytest.mark.parametrize(
    ("sent", "key", "transaction_id"),
    [("txn001", None, "txn001"), (None, "key-1", "key-1"), ("txn001", "txn001", "txn001"), (None, None, "made-here")],
)
def test_the_id_is_the_bodys_or_the_keys_or_made(sent: str | None, key: str | None, transaction_id: str) -> None:
    assert read(body(transactionId=sent), key=key).transaction_id == transaction_id


def test_two_different_ids_are_refused() -> None:
    (error,) = refusal(body(), key="key-1")
    assert error.pointer == "/transactionId"


@pytest.mark.parametrize(
    ("day", "good"),
    [("2000-01-01", True), ("1999-12-31", False), ("2026-11-24", True), ("2026-11-25", False), ("9999-12-31", False)],
)
def test_the_range_of_days(day: str, good: bool) -> None:
    assert [error.pointer for error in refusal(body(transactionDate=day))] == ([] if good else ["/transactionDate"])


@pytest.mark.parametrize(
    ("instant", "pointers"),
    [
        ("2026-11-24T03:04:05Z", []),
        ("2026-11-24T03:04:06Z", ["/occurredAt"]),
        ("1999-12-31T23:59:59Z", ["/occurredAt"]),
        ("0001-01-01T00:00:00+23:59", ["/occurredAt"]),
        ("9999-12-31T23:59:59-23:59", ["/occurredAt"]),
        ("2000-01-01T00:00:00Z", []),
    ],
)
def test_the_range_of_instants(instant: str, pointers: list[str]) -> None:
    sent = body(transactionDate=None, occurredAt=instant)
    assert [error.pointer for error in refusal(sent)] == pointers


def test_days_are_those_of_the_programmes_zone() -> None:
    sent = body(transactionDate=None, occurredAt="2024-03-11T03:59:59Z")
    assert read(sent).transaction_date == date(2024, 3, 11)
    new_york = replace(RULES, zone=ZoneInfo("America/New_York"))
    assert read(sent, rules=new_york).transaction_date == date(2024, 3, 10)


def test_retention_counts_from_now() -> None:
    kept = read(body(), rules=replace(RULES, retention=timedelta(days=1)))
    assert kept.expiration_time == int(datetime(2026, 11, 23, 3, 4, 5, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("amount", [1, MAX_AMOUNT])
def test_amounts_at_their_limits(amount: int) -> None:
    assert read(body(transactionAmount=amount, kickbackAmount=0)).transaction_amount == amount
    assert read(body(transactionAmount=MAX_AMOUNT, kickbackAmount=amount)).kickback_amount == amount


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_bad_values_are_refused_at_their_place(name: str, value: str) -> None:
    sent = json.dumps({**EXAMPLE, name: "PLACE"}, ensure_ascii=False).replace('"PLACE"', value).encode()
    errors = refusal(sent)
    assert errors
    assert {error.pointer for error in errors} == {f"/{name}"}


@pytest.mark.parametrize("sent", [*CORPUS.values(), b"null", b"[]", b'"a"', b"1", b"true", b"{}", b"[{}]"])
def test_no_body_is_answered_with_anything_but_a_refusal(sent: bytes) -> None:
    assert refusal(sent)


@pytest.mark.parametrize("name", [*EXAMPLE, "channel", "occurredAt", CANARY, f"{CANARY}#{CANARY}"])
@pytest.mark.parametrize(
    "value", [CANARY * 30, [CANARY], {CANARY: CANARY}, f"{CANARY}\x00", f"{CANARY} 4111111111111111"]
)
def test_nothing_that_was_sent_is_repeated(name: str, value: Any) -> None:
    errors = refusal(body(**{name: value}))
    assert errors
    assert CANARY not in str(errors)
    assert "4111" not in str(errors)


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("merchant_name", "unknown field; did you mean `merchantName`?"),
        ("merchantNme", "unknown field; did you mean `merchantName`?"),
        ("createdAt", "unknown field"),
        (CANARY, "unknown field"),
        ("", "unknown field"),
    ],
)
def test_unknown_fields_are_refused_and_the_nearest_is_named(name: str, detail: str) -> None:
    (error,) = refusal(json.dumps({**EXAMPLE, name: 1}).encode())
    assert error.detail.startswith(detail)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=120)
@given(st.dictionaries(st.sampled_from([*EXAMPLE, "channel", "occurredAt", "x"]), json_values, min_size=1, max_size=4))
def test_any_values_make_a_purchase_or_a_refusal(changes: dict[str, Any]) -> None:
    sent = json.dumps({**EXAMPLE, **changes}).encode()
    try:
        made = read(sent)
    except Problem as problem:
        details = [error.detail for error in problem.errors]
    else:
        details = ["made"]
        assert 1 <= made.transaction_amount <= MAX_AMOUNT
        assert 0 <= made.kickback_amount <= MAX_AMOUNT
    assert details
