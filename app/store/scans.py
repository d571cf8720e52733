"""The FactScan port on DynamoDB: parallel scans of the facts, page by page."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from app.domain.ledger import LedgerEntry
from app.domain.totals import Figures
from app.ports.ledger import Receipt, Tally
from app.ports.scans import Fact, StoredPurchase, Unreadable
from app.ports.transactions import Guard
from app.store import keys
from app.store.database import Database
from app.store.ledger_codec import GuardRow, LedgerRow, entry_of, guard_of
from app.store.purchase_codec import FIGURES_PROJECTION, FiguresRow, PurchaseRow, figures_of, purchase_of
from app.store.receipt_codec import ReceiptRow, TallyRow, receipt_of, tally_of
from app.store.wire import Item, QueryAnswer, Text, text

_RAW = msgspec.json.Decoder(QueryAnswer[msgspec.Raw])
R = TypeVar("R")
T = TypeVar("T")


class KeyRow(msgspec.Struct):
    """What says what an item is."""

    PK: Text
    SK: Text


_KEY = msgspec.json.Decoder(KeyRow)
_FIGURES = msgspec.json.Decoder(FiguresRow)
_PURCHASE = msgspec.json.Decoder(PurchaseRow)
_ENTRY = msgspec.json.Decoder(LedgerRow)
_GUARD = msgspec.json.Decoder(GuardRow)
_RECEIPT = msgspec.json.Decoder(ReceiptRow)
_TALLY = msgspec.json.Decoder(TallyRow)


async def scanned(
    database: Database, decoder: msgspec.json.Decoder[QueryAnswer[R]], segment: int, segments: int, **request: Any
) -> AsyncIterator[list[R]]:
    """The pages of one segment, strongly consistent. Raises StoreUnavailable."""
    start: Item | None = None
    while True:
        resumed = {"ExclusiveStartKey": start} if start else {}
        answer = await database.scan(
            decoder, Segment=segment, TotalSegments=segments, ConsistentRead=True, **request, **resumed
        )
        yield answer.Items
        start = answer.LastEvaluatedKey
        if start is None:
            return


@dataclass(frozen=True, slots=True)
class DynamoFactScan:
    """See the port."""

    database: Database
    segments: int

    async def figures(self, segment: int) -> AsyncIterator[Sequence[Figures | Unreadable]]:
        """Only what sums need is sent; reading costs the same."""
        pages = scanned(
            self.database,
            _RAW,
            segment,
            self.segments,
            ProjectionExpression=f"PK, SK, {FIGURES_PROJECTION}",
            FilterExpression="begins_with(SK, :purchase)",
            ExpressionAttributeValues={":purchase": text(keys.TRANSACTION_PREFIX)},
        )
        async for page in pages:
            yield [_decoded(_key_of(item), item, _read_figures) for item in page]

    async def facts(self, segment: int) -> AsyncIterator[Sequence[Fact]]:
        """Everything but the register of categories, which says nothing that the purchases do not."""
        async for page in scanned(self.database, _RAW, segment, self.segments):
            yield [fact for item in page if (fact := _fact(item)) is not None]


def _fact(item: msgspec.Raw) -> Fact | None:
    key = _key_of(item)
    if key.SK.S.startswith(keys.TRANSACTION_PREFIX):
        return _decoded(key, item, _read_purchase)
    if key.SK.S.startswith(keys.LEDGER_PREFIX):
        return _decoded(key, item, lambda raw: entry_of(_ENTRY.decode(raw)))
    if key.SK.S == keys.GUARD_SK:
        return _decoded(key, item, lambda raw: guard_of(_GUARD.decode(raw)))
    if key.SK.S.startswith(keys.TALLY_PREFIX):
        return _decoded(key, item, lambda raw: tally_of(_TALLY.decode(raw)))
    if key.SK.S.startswith(keys.RECEIPT_PREFIXES):
        return _decoded(key, item, lambda raw: receipt_of(_RECEIPT.decode(raw)))
    if key.PK.S.startswith(keys.CATEGORIES_PREFIX):
        return None
    return Unreadable(_name(key), "nothing known has this key")


def _read_figures(item: msgspec.Raw) -> Figures:
    return figures_of(_FIGURES.decode(item))


def _read_purchase(item: msgspec.Raw) -> StoredPurchase:
    row = _FIGURES.decode(item)
    reversal = row.countChange is not None
    return StoredPurchase(figures_of(row), None if reversal else purchase_of(_PURCHASE.decode(item)))


def _decoded(key: KeyRow, item: msgspec.Raw, read: Callable[[msgspec.Raw], T]) -> T | Unreadable:
    """What the item says, if it can be read and lies where it says that it does."""
    try:
        found = read(item)
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        # The text of an error may hold a value of the item; the name of its class does not.
        return Unreadable(_name(key), f"an attribute is missing or wrong ({type(error).__name__})")
    return found if _own_key(found) == (key.PK.S, key.SK.S) else Unreadable(_name(key), "its key is not its own")


def _own_key(fact: object) -> tuple[str, str] | None:
    match fact:
        case Figures():
            return keys.user_pk(fact.user_id), keys.transaction_sk_text(fact.transaction_date, fact.transaction_id)
        case StoredPurchase(figures):
            return _own_key(figures)
        case LedgerEntry(account, version):
            return keys.user_pk(account.user_id), keys.ledger_sk(account.kind, version)
        case Guard(transaction_id):
            return keys.guard_pk(transaction_id), keys.GUARD_SK
        case Receipt(command):
            return keys.command_pk(command.kind, command.owner), keys.receipt_sk(command)
        case Tally(tally, number):
            return keys.command_pk(tally.kind, tally.owner), keys.tally_sk(tally, number)
    raise TypeError("no such fact")


def _key_of(item: msgspec.Raw) -> KeyRow:
    return _KEY.decode(item)


def _name(key: KeyRow) -> str:
    return f"{key.PK.S}|{key.SK.S}"
