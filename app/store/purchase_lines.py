"""Stored purchases and reversals as lists show them. This is the read path that is used most: DynamoDB's bytes are
decoded once, into what is picked from here and sent."""

import msgspec

from app.domain.reversals import item_id
from app.ports.pages import PurchaseLine
from app.store.wire import ABSENT, Number, OptionalText, QueryAnswer, Text, Whole, lax


class LineRow(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """What lists read of an item."""

    transactionId: Text
    userId: Text
    transactionDate: Text
    cardId: Text
    cardName: OptionalText = ABSENT
    merchantName: Text
    category: Text
    transactionAmount: Whole
    kickbackAmount: Whole
    kickbackType: Text
    kickbackRate: Number
    description: OptionalText = ABSENT
    channel: OptionalText = ABSENT
    occurredAt: OptionalText = ABSENT
    reversalId: OptionalText = ABSENT
    reason: OptionalText = ABSENT
    createdAt: Text
    expirationTime: Whole | None = None

    @property
    def item_id(self) -> str:
        """What tells it from all others of its day."""
        return item_id(self.transactionId.S, self.reversalId.S or None)


LINES = lax(QueryAnswer[LineRow])


def alive(rows: list[LineRow], epoch_second: int) -> list[LineRow]:
    """Those whose retention has not ended: storage takes days to drop the others."""
    return [row for row in rows if row.expirationTime is None or epoch_second < row.expirationTime.N]


def line_of(row: LineRow) -> PurchaseLine:
    """The row as clients see it."""
    return PurchaseLine(
        row.transactionId.S,
        row.userId.S,
        row.transactionDate.S,
        row.cardId.S,
        row.cardName.S,
        row.merchantName.S,
        row.category.S,
        row.transactionAmount.N,
        row.kickbackAmount.N,
        row.kickbackType.S,
        msgspec.Raw(row.kickbackRate.N),
        row.description.S,
        row.channel.S,
        row.occurredAt.S,
        row.reversalId.S,
        row.reason.S,
        row.createdAt.S,
    )
