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
from app.store.sharding import shards_of
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
    user_id, card_id, category = purchase.user_id, purchase.card_id, purchase.category
    category_shard, card_shard = shards_of(own_id, category_shards, card_shards)
    # Written out, without `text` and `number`: every purchase makes three items of some fifty values.
    item: Item = {
        "PK": {"S": keys.user_pk(user_id)},
        "SK": {"S": keys.transaction_sk_text(day, own_id)},
        "GSI1PK": {"S": keys.category_shard_pk(category, category_shard)},
        "GSI1SK": {"S": day},
        "GSI2PK": {"S": keys.card_shard_pk(card_id, card_shard)},
        "GSI2SK": {"S": day},
        "userId": {"S": user_id},
        "transactionId": {"S": purchase.transaction_id},
        "transactionDate": {"S": day},
        "cardId": {"S": card_id},
        "merchantName": {"S": purchase.merchant_name},
        "category": {"S": category},
        "transactionAmount": {"N": str(purchase.transaction_amount)},
        "kickbackAmount": {"N": str(purchase.kickback_amount)},
        "kickbackType": {"S": str(purchase.kickback_type)},
        "kickbackRate": {"N": rate_text(purchase.kickback_rate_millionths)},
        "createdAt": {"S": purchase.created_at},
    }
    if purchase.card_name is not None:
        item["cardName"] = {"S": purchase.card_name}
    if purchase.description is not None:
        item["description"] = {"S": purchase.description}
    if purchase.channel is not None:
        item["channel"] = {"S": str(purchase.channel)}
    if purchase.occurred_at is not None:
        item["occurredAt"] = {"S": purchase.occurred_at}
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
