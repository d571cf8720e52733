"""The FactScan port on DynamoDB: parallel scans of the facts, page by page."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from app.domain.audit_seals import Seal
from app.domain.benefits import DefinedBenefit, Exercise
from app.domain.bookings import Booking
from app.domain.ledger import LedgerEntry
from app.domain.totals import Figures
from app.domain.view_rows import Countable
from app.ports.audit import KeptRow
from app.ports.ledger import Receipt, Tally
from app.ports.scans import Fact, StoredPurchase, Unreadable
from app.ports.transactions import Guard
from app.store import keys
from app.store.audit_codec import RowRow, SealRow, row_in_its_place, seal_of
from app.store.benefit_codec import BenefitRow, ExerciseRow, benefit_of, exercise_of
from app.store.booking_codec import BookingRow, booking_of_row
from app.store.database import Database
from app.store.ledger_codec import GuardRow, LedgerRow, entry_of, guard_of, index_keys, index_keys_of
from app.store.purchase_codec import FiguresRow, PurchaseRow, figures_of, purchase_of, reversal_of
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
_COUNTED_ATTRIBUTES = tuple(
    dict.fromkeys(("PK", "SK", *FiguresRow.__struct_fields__, *BookingRow.__struct_fields__))  # in one order, once each
)
_BOOKING = msgspec.json.Decoder(BookingRow)
_ENTRY = msgspec.json.Decoder(LedgerRow)
_GUARD = msgspec.json.Decoder(GuardRow)
_RECEIPT = msgspec.json.Decoder(ReceiptRow)
_TALLY = msgspec.json.Decoder(TallyRow)
_BENEFIT = msgspec.json.Decoder(BenefitRow)
_EXERCISE = msgspec.json.Decoder(ExerciseRow)
_AUDIT_ROW = msgspec.json.Decoder(RowRow)
_SEAL = msgspec.json.Decoder(SealRow)


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

    async def figures(self, segment: int) -> AsyncIterator[Sequence[Countable | Unreadable]]:
        """Only what sums need is sent; reading costs the same."""
        pages = scanned(
            self.database,
            _RAW,
            segment,
            self.segments,
            ProjectionExpression=", ".join(_COUNTED_ATTRIBUTES),
            FilterExpression="begins_with(SK, :purchase) OR begins_with(SK, :entry)",
            ExpressionAttributeValues={
                ":purchase": text(keys.TRANSACTION_PREFIX),
                ":entry": text(keys.LEDGER_PREFIX),
            },
        )
        async for page in pages:
            yield [_countable(item) for item in page]

    async def entries(self, segment: int) -> AsyncIterator[Sequence[LedgerEntry | Unreadable]]:
        """Only entries are sent; reading costs the same."""
        pages = scanned(
            self.database,
            _RAW,
            segment,
            self.segments,
            FilterExpression="begins_with(SK, :entry)",
            ExpressionAttributeValues={":entry": text(keys.LEDGER_PREFIX)},
        )
        async for page in pages:
            yield [_decoded(_key_of(item), item, _read_entry) for item in page]

    async def facts(self, segment: int) -> AsyncIterator[Sequence[Fact]]:
        """Everything but the register of categories and the days on which expiring was done: neither says anything that
        the purchases and entries do not."""
        async for page in scanned(self.database, _RAW, segment, self.segments):
            yield [fact for item in page for fact in _facts(item)]


def _facts(item: msgspec.Raw) -> Iterator[Fact]:
    """What an item says; and where an index would find an entry as something else, that too."""
    fact = _fact(item)
    if fact is not None:
        yield fact
    if isinstance(fact, LedgerEntry) and index_keys_of(_ENTRY.decode(item)) != index_keys(fact):
        yield Unreadable(_name(_key_of(item)), "its index keys are not its own")


def _fact(item: msgspec.Raw) -> Fact | None:
    key = _key_of(item)
    if key.SK.S.startswith(keys.TRANSACTION_PREFIX):
        return _decoded(key, item, _read_purchase)
    if key.SK.S.startswith(keys.LEDGER_PREFIX):
        return _decoded(key, item, _read_entry)
    if key.SK.S == keys.GUARD_SK:
        return _decoded(key, item, lambda raw: guard_of(_GUARD.decode(raw)))
    if key.SK.S.startswith(keys.TALLY_PREFIX):
        return _decoded(key, item, lambda raw: tally_of(_TALLY.decode(raw)))
    if key.SK.S.startswith(keys.RECEIPT_PREFIXES):
        return _decoded(key, item, lambda raw: receipt_of(_RECEIPT.decode(raw)))
    if key.SK.S.startswith(keys.EXERCISE_PREFIX):
        return _decoded(key, item, lambda raw: exercise_of(_EXERCISE.decode(raw)))
    return _fact_of_no_user(key, item)


def _fact_of_no_user(key: KeyRow, item: msgspec.Raw) -> Fact | None:
    if key.PK.S.startswith(keys.BENEFIT_PREFIX):
        return _decoded(key, item, lambda raw: benefit_of(_BENEFIT.decode(raw)))
    if key.PK.S.startswith(keys.AUDIT_PREFIX):
        return _decoded(key, item, lambda raw: row_in_its_place(_AUDIT_ROW.decode(raw)))
    if key.PK.S == keys.SEAL_PK:
        return _decoded(key, item, lambda raw: seal_of(_SEAL.decode(raw)))
    if key.PK.S.startswith((keys.CATEGORIES_PREFIX, keys.EXPIRY_PREFIX)):
        return None
    return Unreadable(_name(key), "nothing known has this key")


def _countable(item: msgspec.Raw) -> Countable | Unreadable:
    key = _key_of(item)
    if key.SK.S.startswith(keys.LEDGER_PREFIX):
        return _decoded(key, item, lambda raw: booking_of_row(_BOOKING.decode(raw)))
    return _decoded(key, item, _read_figures)


def _read_entry(item: msgspec.Raw) -> LedgerEntry:
    return entry_of(_ENTRY.decode(item))


def _read_figures(item: msgspec.Raw) -> Figures:
    return figures_of(_FIGURES.decode(item))


def _read_purchase(item: msgspec.Raw) -> StoredPurchase:
    figures, row = figures_of(_FIGURES.decode(item)), _PURCHASE.decode(item)
    if row.reversalId is None and row.countChange is None:
        return StoredPurchase(figures, purchase_of(row))
    return StoredPurchase(figures, None, reversal_of(row))


def _decoded(key: KeyRow, item: msgspec.Raw, read: Callable[[msgspec.Raw], T]) -> T | Unreadable:
    """What the item says, if it can be read and lies where it says that it does."""
    try:
        found = read(item)
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        # The text of an error may hold a value of the item; the name of its class does not.
        return Unreadable(_name(key), f"an attribute is missing or wrong ({type(error).__name__})")
    if isinstance(found, KeptRow | Seal):
        return found  # its key was looked at where it was read: a row's shard is not in what it says
    return found if _own_key(found) == (key.PK.S, key.SK.S) else Unreadable(_name(key), "its key is not its own")


def _own_key(fact: object) -> tuple[str, str] | None:
    match fact:
        case Figures():
            return keys.user_pk(fact.user_id), keys.transaction_sk_text(fact.transaction_date, fact.transaction_id)
        case StoredPurchase(figures):
            return _own_key(figures)
        case Booking():
            return keys.user_pk(fact.user_id), keys.ledger_sk(fact.kind, fact.version)
        case LedgerEntry(account, version):
            return keys.user_pk(account.user_id), keys.ledger_sk(account.kind, version)
        case Guard(transaction_id):
            return keys.guard_pk(transaction_id), keys.GUARD_SK
        case Receipt(command):
            return keys.command_pk(command.kind, command.owner), keys.receipt_sk(command)
        case Tally(tally, number):
            return keys.command_pk(tally.kind, tally.owner), keys.tally_sk(tally, number)
        case DefinedBenefit(benefit, version):
            return keys.benefit_pk(benefit.benefit_id), keys.benefit_sk(version)
        case Exercise():
            return keys.user_pk(fact.user_id), keys.exercise_sk(fact.benefit_id, fact.number)
    raise TypeError("no such fact")


def _key_of(item: msgspec.Raw) -> KeyRow:
    return _KEY.decode(item)


def _name(key: KeyRow) -> str:
    return f"{key.PK.S}|{key.SK.S}"
