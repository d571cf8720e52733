"""Records of the facts table's stream, as GetRecords answers them and as AWS Lambda passes them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import structlog

from app.domain.periods import parse_date, utc_text
from app.domain.totals import Figures
from app.domain.view_rows import Countable
from app.ports.errors import StoreUnavailable
from app.ports.streams import StreamRecord
from app.store.booking_codec import BookingRow, booking_of_row
from app.store.keys import LEDGER_PREFIX, TRANSACTION_PREFIX
from app.store.purchase_codec import FiguresRow, figures_of
from app.store.wire import Text
from app.telemetry import CHANGED_FACTS

_log = structlog.get_logger("kickbacks.projector")
_TTL = "dynamodb.amazonaws.com"


class _Keys(msgspec.Struct):
    SK: Text


class _Identity(msgspec.Struct):
    """GetRecords begins its names with capitals, Lambda does not."""

    PrincipalId: str | None = None
    principalId: str | None = None


class _Change(msgspec.Struct, kw_only=True):
    ApproximateCreationDateTime: Annotated[float, msgspec.Meta(ge=0, le=253_402_300_799)]
    SequenceNumber: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,40}$")]
    Keys: _Keys
    NewImage: msgspec.Raw = msgspec.Raw(b"null")


class _Record(msgspec.Struct, kw_only=True):
    eventName: str
    dynamodb: _Change
    userIdentity: _Identity | None = None


_RECORD = msgspec.json.Decoder(_Record)
_BOOKING = msgspec.json.Decoder(BookingRow)
_FIGURES = msgspec.json.Decoder(FiguresRow)


def record_of(raw: bytes | msgspec.Raw) -> StreamRecord:
    """One record from its JSON. A purchase or an entry that cannot be read comes as poison.

    Raises StoreUnavailable for what is no record at all: it has no place among the others.
    """
    try:
        record = _RECORD.decode(raw)
    except msgspec.MsgspecError as error:
        raise StoreUnavailable("a stream record that could not be decoded") from error
    change = record.dynamodb
    at = utc_text(datetime.fromtimestamp(int(change.ApproximateCreationDateTime), UTC))
    figures, poison = _figures(record)
    return StreamRecord(change.SequenceNumber, record.eventName, at, figures, poison)


def record_from_event(record: Mapping[str, Any]) -> StreamRecord:
    """One record from a Lambda event, where its JSON is decoded already. Raises StoreUnavailable like record_of."""
    return record_of(msgspec.json.encode(record))


def _figures(record: _Record) -> tuple[Countable | None, str | None]:
    """What views need of a new purchase or entry, or why it cannot be read. The reason has no value of it in it."""
    sk, image = record.dynamodb.Keys.SK.S, record.dynamodb.NewImage
    if sk.startswith(TRANSACTION_PREFIX):
        return _read(record, "purchase", lambda: _purchase(image))
    if sk.startswith(LEDGER_PREFIX):
        return _read(record, "ledger entry", lambda: booking_of_row(_BOOKING.decode(image)))
    return None, None


def _read(record: _Record, what: str, read: Callable[[], Countable]) -> tuple[Countable | None, str | None]:
    if record.eventName != "INSERT":
        if not _is_retention(record):
            CHANGED_FACTS.inc()
            _log.error(
                "somebody changed a fact", what=what, change=record.eventName, sequence=record.dynamodb.SequenceNumber
            )
        return None, None
    try:
        return read(), None
    except msgspec.ValidationError as error:
        return None, f"not a {what}: {error}"  # msgspec names types and attributes, never values
    except KeyError:
        return None, f"not a {what}: unknown kickbackType"
    except (ValueError, ArithmeticError):
        return None, f"not a {what}: a number, date or name that is none"


def _purchase(image: msgspec.Raw) -> Figures:
    figures = figures_of(_FIGURES.decode(image))
    parse_date(figures.transaction_date)
    return figures


def _is_retention(record: _Record) -> bool:
    """Whether DynamoDB removed it itself because its time was over."""
    identity = record.userIdentity or _Identity()
    return record.eventName == "REMOVE" and _TTL in (identity.PrincipalId, identity.principalId)
