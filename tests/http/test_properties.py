"""Hypothesis through HTTP: values at and beyond their limits are either stored unchanged or refused, never an error."""

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.card_numbers import has_card_number
from tests.bodies import body

HEADERS = {"content-type": "application/json"}
few = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
any_text = st.text(alphabet=st.characters(), max_size=300)
id_text = st.text(alphabet="abcXYZ019._:-", min_size=1, max_size=64) | any_text
near_limits = st.sampled_from([-1, 0, 1, 10**12 - 1, 10**12, 10**12 + 1, 2**63, 10**40]) | st.integers(-10, 10**13)


async def post(http: AsyncClient, sent: dict[str, Any]) -> Any:
    answer = await http.post("/transactions", content=json.dumps(sent).encode(), headers=HEADERS)
    assert answer.status_code in (201, 422), answer.text
    return answer


async def assert_stored(http: AsyncClient, answer: Any) -> None:
    read = await http.get(f"/transactions/{answer.json()['transactionId']}")
    assert read.content == answer.content


@few
@given(text=any_text)
async def test_texts(http: AsyncClient, text: str) -> None:
    sent = body(uuid4().hex, merchantName=text)
    answer = await post(http, sent)
    if answer.status_code == 201:
        assert answer.json()["merchantName"] == unicodedata.normalize("NFC", text)
        assert not has_card_number(text)
        await assert_stored(http, answer)


@few
@given(user_id=id_text)
async def test_ids(http: AsyncClient, user_id: str) -> None:
    answer = await post(http, body(uuid4().hex, userId=user_id))
    allowed = 1 <= len(user_id) <= 64 and all(char.isascii() and (char.isalnum() or char in "._:-") for char in user_id)
    assert (answer.status_code == 201) == (allowed and not has_card_number(user_id))
    if answer.status_code == 201 and user_id not in (".", ".."):  # which clients take out of a path
        page = (await http.get(f"/users/{user_id}/kickbacks", params={"limit": 1})).json()
        assert page["items"][0]["userId"] == user_id


@few
@given(amount=near_limits, kickback=near_limits)
async def test_amounts(http: AsyncClient, amount: int, kickback: int) -> None:
    answer = await post(http, body(uuid4().hex, transactionAmount=amount, kickbackAmount=kickback))
    assert (answer.status_code == 201) == (1 <= amount <= 10**12 and 0 <= kickback <= 10**12)
    if answer.status_code == 201:
        assert (answer.json()["transactionAmount"], answer.json()["kickbackAmount"]) == (amount, kickback)
        assert (answer.json()["ledger"] or {"balance": 0})["balance"] == kickback
        await assert_stored(http, answer)


@few
@given(day=st.dates(date(1999, 12, 25), date(2000, 1, 5)) | st.dates(date(2026, 1, 1), date(2100, 1, 1)))
async def test_dates(http: AsyncClient, day: date) -> None:
    answer = await post(http, body(uuid4().hex, transactionDate=day.isoformat(), occurredAt=...))
    today = datetime.now(UTC).date()
    if date(2000, 1, 1) <= day <= today:
        assert answer.status_code == 201
    if day < date(2000, 1, 1) or day > today + timedelta(days=4):
        assert answer.status_code == 422


@few
@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | any_text, st.lists, max_leaves=5))
async def test_values_of_any_type_in_any_field(http: AsyncClient, value: Any) -> None:
    for field in ("transactionAmount", "kickbackRate", "kickbackType", "transactionDate", "channel", "category"):
        await post(http, {**body(uuid4().hex), field: value})
