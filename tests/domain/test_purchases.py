from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kickbacks import Channel, KickbackType
from app.domain.purchases import Purchase, fingerprint
from tests.purchases import purchase
from tests.strategies import purchases

OTHER: dict[str, Any] = {
    "transaction_id": "txn002",
    "user_id": "user124",
    "transaction_date": date(2023, 5, 2),
    "card_id": "card457",
    "merchant_name": "スーパーマーケットB",
    "category": "FUEL",
    "transaction_amount": 5001,
    "kickback_amount": 51,
    "kickback_type": KickbackType.MILE,
    "kickback_rate_millionths": 10_001,
    "card_name": None,
    "description": "",
    "channel": Channel.STORE,
    "occurred_at": "2023-05-01T21:34:56+09:00",
}
NOT_CONTENT = {"created_at": "2030-01-01T00:00:00.000000Z", "expiration_time": 1}


@pytest.mark.parametrize("name", sorted(OTHER))
def test_any_other_content_has_another_fingerprint(name: str) -> None:
    assert fingerprint(purchase(**{name: OTHER[name]})) != fingerprint(purchase())


@pytest.mark.parametrize("name", sorted(NOT_CONTENT))
def test_when_it_was_recorded_is_not_content(name: str) -> None:
    assert fingerprint(purchase(**{name: NOT_CONTENT[name]})) == fingerprint(purchase())


def test_every_field_is_accounted_for() -> None:
    assert set(OTHER) | set(NOT_CONTENT) == {field.name for field in fields(Purchase)}


@pytest.mark.parametrize(
    "spelling",
    ["2023-05-01T12:34:56Z", "2023-05-01t12:34:56z", "2023-05-01T12:34:56.000+00:00", "2023-05-01T08:34:56-04:00"],
)
def test_an_instant_is_the_same_with_any_offset(spelling: str) -> None:
    tokyo = purchase(occurred_at="2023-05-01T21:34:56+09:00")
    assert fingerprint(purchase(occurred_at=spelling)) == fingerprint(tokyo)


def test_nothing_moves_from_one_field_into_the_next() -> None:
    assert fingerprint(purchase(user_id="ab", card_id="c")) != fingerprint(purchase(user_id="a", card_id="bc"))
    assert fingerprint(purchase(description=None)) != fingerprint(purchase(description=""))
    assert fingerprint(purchase(description="null")) != fingerprint(purchase(description=None))


def test_the_fingerprint_of_the_example_purchase_never_changes() -> None:
    """Guards hold it for ever: another one would turn every replay into a conflict."""
    assert fingerprint(purchase()) == "17daf6a6712b973f1b95b70f97e0975dc96edba468e2a6a134bec3fac0565b11"


@settings(max_examples=100)
@given(st.lists(purchases, min_size=2, max_size=4))
def test_different_content_never_shares_a_fingerprint(many: list[Purchase]) -> None:
    content = {field.name for field in fields(Purchase)} - set(NOT_CONTENT)
    for one in many:
        for other in many:
            same = all(getattr(one, name) == getattr(other, name) for name in content)
            assert (fingerprint(one) == fingerprint(other)) == same
