from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from app.domain.decisions.following import Moment
from app.domain.earning import EarningRules, earning_of
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.purchases import Purchase
from tests.purchases import NOW, RULES, TOKYO, purchase
from tests.strategies import purchases

NOW_DAY = date(2026, 11, 22)


def test_the_example_purchase_earns_its_points() -> None:
    earning = earning_of(purchase(), RULES, recorded_at=NOW)
    assert earning is not None
    assert earning.account == Account("user123", KickbackType.POINT)
    assert (earning.amount, earning.source, earning.cause) == (50, "PURCHASE", "TRANSACTION#txn001")
    assert earning.expires_on == date(2023, 10, 28)
    assert earning.moment == Moment(datetime(2023, 4, 30, 15, tzinfo=UTC), NOW, TOKYO)  # the day begins in Tokyo
    assert earning.rule == "180 days"


def test_nothing_earns_nothing() -> None:
    assert earning_of(purchase(kickback_amount=0), RULES, recorded_at=NOW) is None


@pytest.mark.parametrize("kind", [KickbackType.MILE, KickbackType.CASHBACK])
def test_each_type_has_a_validity_of_its_own(kind: KickbackType) -> None:
    earning = earning_of(purchase(kickback_type=kind), RULES, recorded_at=NOW)
    assert earning is not None
    assert earning.expires_on is None
    assert earning.account.kind is kind


@pytest.mark.parametrize("occurred_at", ["2023-05-01T21:34:56+09:00", "2023-05-01t12:34:56z"])
def test_it_counts_from_the_moment_of_the_purchase(occurred_at: str) -> None:
    earning = earning_of(purchase(occurred_at=occurred_at), RULES, recorded_at=NOW)
    assert earning is not None
    assert earning.moment.effective_at == datetime(2023, 5, 1, 12, 34, 56, tzinfo=UTC)


def test_days_are_those_of_the_programmes_zone() -> None:
    rules = EarningRules(RULES.validity, ZoneInfo("America/New_York"))
    earning: Any = earning_of(purchase(transaction_date=date(2024, 3, 11)), rules, recorded_at=NOW)
    assert earning.moment.effective_at == datetime(2024, 3, 11, 4, tzinfo=UTC)
    assert earning.moment.zone == rules.zone


@pytest.mark.parametrize("changes", [{"occurred_at": "2026-11-22T12:09:05+09:00"}, {"transaction_date": NOW_DAY}])
def test_it_does_not_count_before_it_is_recorded(changes: dict[str, Any]) -> None:
    """The till's clock is ahead of ours; or in our zone the day of the purchase has not begun."""
    recorded_at = NOW - timedelta(days=1)
    earning = earning_of(purchase(**changes), RULES, recorded_at=recorded_at)
    assert earning is not None
    assert earning.moment == Moment(recorded_at, recorded_at, TOKYO)


@settings(max_examples=100)
@given(purchases)
def test_it_earns_the_kickback_from_the_day_it_was_bought(what: Purchase) -> None:
    earning = earning_of(what, RULES, recorded_at=NOW)
    if earning is None:
        assert what.kickback_amount == 0
        return
    assert earning.amount == what.kickback_amount
    assert earning.moment.effective_at <= earning.moment.recorded_at == NOW
    if earning.expires_on is not None:
        assert earning.expires_on - what.transaction_date == timedelta(days=180)
