"""Bytes and write units of the items as the service writes them, made by its own codecs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from app.callers import Caller
from app.commands.auditing import RECORD, about_purchases, done
from app.domain.decisions.earn import decide_earn
from app.domain.earning import EarningRules, earning_of
from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.domain.purchases import Purchase, fingerprint
from app.ports.projection import Progress
from app.ports.transactions import Earned, Guard
from app.store.audit_codec import audit_item
from app.store.ledger_codec import guard_item, ledger_item
from app.store.limits import item_bytes, transaction_write_units
from app.store.projection_codec import progress_item
from app.store.purchase_codec import purchase_item
from app.store.wire import Item
from bench.capacity.inputs import KILOBYTE

_ID = "01975f5e-7a1c-7c3e-9d5b-0123456789ab"  # as the server makes them
_ZONE = ZoneInfo("Asia/Tokyo")
_NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
_SHARDS = 16
TABLE = "table"
# By index: its keys, and what it carries besides those and the table's. None: everything.
_INDEXES: dict[str, tuple[tuple[str, str], tuple[str, ...] | None]] = {
    "CategoryIndex": (("GSI1PK", "GSI1SK"), None),
    "CardIndex": (("GSI2PK", "GSI2SK"), None),
    "LedgerIndex": (("ledgerPK", "ledgerSK"), ("effectiveAt", "postedAt", "version")),
    "DueIndex": (("duePK", "dueSK"), ()),
}

EXAMPLE = Purchase(
    transaction_id=_ID,
    user_id="user-00001234",
    transaction_date=date(2026, 11, 22),
    card_id="card-0042",
    card_name="プラチナカード",
    merchant_name="スーパーマーケットA",
    category="GROCERY",
    transaction_amount=5000,
    kickback_amount=50,
    kickback_type=KickbackType.POINT,
    kickback_rate_millionths=10_000,
    description="食料品購入",
    created_at="2026-11-22T03:04:05.000000Z",
    occurred_at="2026-11-22T12:04:05+09:00",
)
"""The seed's example, with ids as long as real ones."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An item of one purchase, or its copy in an index: bytes, write units, and what chooses its partition."""

    what: str
    where: str
    item_bytes: int
    units: float
    spread_by: str


def facts_of_purchase() -> list[Stored]:
    """What one purchase writes: its items, and their copies in indexes."""
    guard, purchase, entry, audit = _items(EXAMPLE)
    stored = [
        Stored("guard", TABLE, *_written(guard), spread_by="transaction"),
        Stored("purchase", TABLE, *_written(purchase), spread_by="user"),
        Stored("ledger entry", TABLE, *_written(entry), spread_by="user"),
        Stored("row of the audit trail", TABLE, *_written(audit), spread_by="hour and shard"),
    ]
    for index, spread_by, item in (
        ("CategoryIndex", "category and shard", purchase),
        ("CardIndex", "card and shard", purchase),
        ("LedgerIndex", "account", entry),
        ("DueIndex", "month and shard", entry),
    ):
        size = item_bytes(_copy(index, item))
        stored.append(Stored(f"copy of the {_NAMES[index]}", index, size, float(ceil(size / KILOBYTE)), spread_by))
    return stored


_NAMES = {
    "CategoryIndex": "purchase",
    "CardIndex": "purchase",
    "LedgerIndex": "ledger entry",
    "DueIndex": "ledger entry",
}


def transaction_units() -> float:
    """What the service itself says that one purchase's transaction costs."""
    items = list(_items(EXAMPLE))
    return transaction_write_units(items, [item_bytes(item) for item in items])


def progress_bytes() -> int:
    """Of a stream shard's progress."""
    shard = "shardId-00000001664000000000-a1b2c3d4"
    moment = "2026-11-22T00:00:00.000000Z"
    progress = Progress(shard, "a1b2c3d4", 12, shard, "1" * 21, moment, False, None, _ID, moment)
    return item_bytes(progress_item(1, progress))


def _items(purchase: Purchase) -> Sequence[Item]:
    rules = EarningRules({kind: Validity(days=180) for kind in KickbackType}, _ZONE)
    earning = earning_of(purchase, rules, recorded_at=_NOW)
    if earning is None:
        raise ValueError("the example earns something")
    (entry,) = decide_earn(None, earning)
    entry = replace(entry, version=123)
    earned = Earned(entry.account.kind, entry.version, 12_345, earning.expires_on)
    guard = Guard(
        purchase.transaction_id,
        purchase.user_id,
        purchase.transaction_date,
        fingerprint(purchase),
        purchase.created_at,
        earned,
    )
    return (
        guard_item(guard),
        purchase_item(purchase, category_shards=_SHARDS, card_shards=_SHARDS),
        ledger_item(entry, due_shards=_SHARDS),
        audit_item(
            done(RECORD, about_purchases([purchase]), caller=Caller("client:issuer-backend", _ID), at=_NOW),
            shards=_SHARDS,
        ),
    )


def _written(item: Item) -> tuple[int, float]:
    """In a transaction: two units for each started kilobyte."""
    size = item_bytes(item)
    return size, 2.0 * ceil(size / KILOBYTE)


def _copy(index: str, item: Item) -> Item:
    keys, carried = _INDEXES[index]
    if carried is None:
        return item
    return {name: item[name] for name in ("PK", "SK", *keys, *carried)}
