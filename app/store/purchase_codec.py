"""Purchases and their reversals as DynamoDB items and back. Attribute names and types are the published ones; renaming
is a migration."""

from datetime import date

import msgspec

from app.domain.kickbacks import Channel, KickbackType
from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.rates import parse_rate_text, rate_text
from app.domain.reversals import Reversal, item_id
from app.domain.totals import Figures
from app.store import keys
from app.store.sharding import shard_of
from app.store.wire import Item, Number, Text, number, text


class PurchaseRow(msgspec.Struct, kw_only=True):
    """A stored purchase as it is read one at a time, or a reversal, which names the purchase's id and its own."""

    transactionId: Text
    userId: Text
    transactionDate: Text
    cardId: Text
    cardName: Text | None = None
    merchantName: Text
    category: Text
    transactionAmount: Number
    kickbackAmount: Number
    kickbackType: Text
    kickbackRate: Number
    description: Text | None = None
    channel: Text | None = None
    occurredAt: Text | None = None
    createdAt: Text
    reversalId: Text | None = None
    reason: Text | None = None
    countChange: Number | None = None
    expirationTime: Number | None = None


class FiguresRow(msgspec.Struct, kw_only=True, gc=False):
    """What sums read of a stored purchase or reversal."""

    transactionId: Text
    reversalId: Text | None = None
    transactionDate: Text
    createdAt: Text
    userId: Text
    cardId: Text
    cardName: Text | None = None
    merchantName: Text
    category: Text
    transactionAmount: Number
    kickbackAmount: Number
    kickbackType: Text
    kickbackRate: Number
    countChange: Number | None = None
    expirationTime: Number | None = None


FIGURES_PROJECTION = ", ".join(FiguresRow.__struct_fields__)

_KINDS = {kind.value: kind for kind in KickbackType}


def purchase_item(purchase: Purchase, *, category_shards: int, card_shards: int) -> Item:
    """The item: the keys, then every field that was given."""
    return _item(purchase, purchase.transaction_id, category_shards, card_shards)


def reversal_item(reversal: Reversal, *, category_shards: int, card_shards: int) -> Item:
    """The item of a reversal: like its purchase's, in a place of its own."""
    item = _item(reversal.line, reversal.item_id, category_shards, card_shards)
    item["reversalId"] = text(reversal.reversal_id)
    item["countChange"] = number(reversal.count_change)
    if reversal.reason is not None:
        item["reason"] = text(reversal.reason)
    return item


def _item(purchase: Purchase, own_id: str, category_shards: int, card_shards: int) -> Item:
    day = purchase.transaction_date.isoformat()
    category_shard = shard_of(own_id, category_shards)
    card_shard = shard_of(own_id, card_shards)
    item: Item = {
        "PK": text(keys.user_pk(purchase.user_id)),
        "SK": text(keys.transaction_sk(purchase.transaction_date, own_id)),
        "GSI1PK": text(keys.category_shard_pk(purchase.category, category_shard)),
        "GSI1SK": text(day),
        "GSI2PK": text(keys.card_shard_pk(purchase.card_id, card_shard)),
        "GSI2SK": text(day),
        "userId": text(purchase.user_id),
        "transactionId": text(purchase.transaction_id),
        "transactionDate": text(day),
        "cardId": text(purchase.card_id),
        "merchantName": text(purchase.merchant_name),
        "category": text(purchase.category),
        "transactionAmount": number(purchase.transaction_amount),
        "kickbackAmount": number(purchase.kickback_amount),
        "kickbackType": text(str(purchase.kickback_type)),
        "kickbackRate": {"N": rate_text(purchase.kickback_rate_millionths)},
        "createdAt": text(purchase.created_at),
    }
    optional = {
        "cardName": purchase.card_name,
        "description": purchase.description,
        "channel": str(purchase.channel) if purchase.channel else None,
        "occurredAt": purchase.occurred_at,
    }
    item.update({name: text(value) for name, value in optional.items() if value is not None})
    if purchase.expiration_time is not None:
        item["expirationTime"] = number(purchase.expiration_time)
    return item


def purchase_of(row: PurchaseRow) -> Purchase:
    """The purchase a row holds."""
    return Purchase(
        transaction_id=row.transactionId.S,
        user_id=row.userId.S,
        transaction_date=date.fromisoformat(row.transactionDate.S),
        card_id=row.cardId.S,
        card_name=row.cardName.S if row.cardName else None,
        merchant_name=row.merchantName.S,
        category=row.category.S,
        transaction_amount=int(row.transactionAmount.N),
        kickback_amount=int(row.kickbackAmount.N),
        kickback_type=_KINDS[row.kickbackType.S],
        kickback_rate_millionths=parse_rate_text(row.kickbackRate.N),
        description=row.description.S if row.description else None,
        channel=Channel(row.channel.S) if row.channel else None,
        occurred_at=row.occurredAt.S if row.occurredAt else None,
        created_at=row.createdAt.S,
        expiration_time=int(row.expirationTime.N) if row.expirationTime else None,
    )


def reversal_of(row: PurchaseRow) -> Reversal:
    """The reversal a row holds. Raises ValueError for a row that is none."""
    if row.reversalId is None or row.countChange is None:
        raise ValueError("a reversal has an id and says how it counts")
    return Reversal(
        purchase_of(row), row.reversalId.S, int(row.countChange.N), row.reason.S if row.reason is not None else None
    )


def figures_of(row: FiguresRow) -> Figures:
    """What sums need of the row."""
    return Figures(
        item_id(row.transactionId.S, row.reversalId.S if row.reversalId else None),
        row.transactionDate.S,
        row.createdAt.S,
        row.userId.S,
        row.cardId.S,
        row.cardName.S if row.cardName else None,
        row.merchantName.S,
        row.category.S,
        int(row.transactionAmount.N),
        int(row.kickbackAmount.N),
        _KINDS[row.kickbackType.S],
        parse_rate_text(row.kickbackRate.N),
        int(row.countChange.N) if row.countChange else 1,
    )


def is_alive(row: FiguresRow, epoch_second: int) -> bool:
    """False for a purchase whose retention has ended but which storage has not dropped yet: it takes days."""
    return row.expirationTime is None or int(row.expirationTime.N) > epoch_second


def date_bounds(dates: DateRange) -> tuple[str, str]:
    """The lowest and highest index sort key of a range."""
    return (
        dates.first.isoformat() if dates.first else "0000-00-00",
        dates.last.isoformat() if dates.last else "9999-12-31",
    )
