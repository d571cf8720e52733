"""Purchases for tests, with sensible fields where a test does not care."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.decisions.earn import decide_earn, entry_of_earning
from app.domain.earning import EarningRules, earning_of
from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.purchases import Purchase, fingerprint
from app.ports.transactions import Earned, Guard, NewTransaction

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
RULES = EarningRules(
    {KickbackType.POINT: Validity(days=180), KickbackType.MILE: Validity(), KickbackType.CASHBACK: Validity()}, TOKYO
)

EXAMPLE = Purchase(
    transaction_id="txn001",
    user_id="user123",
    transaction_date=date(2023, 5, 1),
    card_id="card456",
    card_name="プラチナカード",
    merchant_name="スーパーマーケットA",
    category="GROCERY",
    transaction_amount=5000,
    kickback_amount=50,
    kickback_type=KickbackType.POINT,
    kickback_rate_millionths=10_000,
    description="食料品購入",
    created_at="2023-05-01T12:34:56.000000Z",
)


def purchase(**changes: Any) -> Purchase:
    """The example purchase, changed."""
    return replace(EXAMPLE, **changes)


def new_transaction(what: Purchase, head: LedgerEntry | None = None) -> NewTransaction:
    """What recording the purchase writes after `head`."""
    earning = earning_of(what, RULES, recorded_at=NOW)
    entries = decide_earn(head, earning) if earning else []
    earned = None
    if earning:
        entry = entry_of_earning(entries, earning.cause)
        earned = Earned(entry.account.kind, entry.version, entry.balance, earning.expires_on)
    guard = Guard(what.transaction_id, what.user_id, what.transaction_date, fingerprint(what), what.created_at, earned)
    return NewTransaction(guard, what, tuple(entries))
