"""A purchase as clients send it, checked and completed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.api.problems import invalid
from app.api.schemas import Amount, BusinessDate, Category, Id, StrictModel
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import Channel, KickbackType
from app.domain.periods import business_date, check_date_range, check_instant_range, parse_instant, utc_text
from app.domain.purchases import Purchase
from app.domain.rates import kickback_of, rate_millionths, ratio_millionths
from app.domain.texts import clean_name, clean_text

T = TypeVar("T")

_MAX_RATE_TEXT = 20
_millionths = lru_cache(maxsize=1024)(rate_millionths)  # a programme has few rates


def _checked_rate(value: Any) -> int:
    """Millionths, from a JSON number or an ASCII decimal string; never through a float."""
    if isinstance(value, str):
        return _rate_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a rate from 0 to 1, a number or a decimal string")
    return _millionths(Decimal(value))


@lru_cache(maxsize=1024)
def _rate_of_text(text: str) -> int:
    if not (text.isascii() and 0 < len(text) <= _MAX_RATE_TEXT and text.replace(".", "", 1).isdigit()):
        raise ValueError("must be a rate from 0 to 1")
    return _millionths(Decimal(text))


def _checked_instant(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be an instant, YYYY-MM-DDThh:mm:ss and an offset")
    parse_instant(value)
    return value


_RATE_SCHEMA = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.000001},
        {"type": "string", "pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"},
    ]
}
_TEXT_SCHEMA = {"type": "string", "maxLength": 256}

Rate = Annotated[int, BeforeValidator(_checked_rate), WithJsonSchema(_RATE_SCHEMA)]
Name = Annotated[str, AfterValidator(clean_name), WithJsonSchema({**_TEXT_SCHEMA, "minLength": 1})]
Text = Annotated[str, AfterValidator(clean_text), WithJsonSchema(_TEXT_SCHEMA)]
Instant = Annotated[str, BeforeValidator(_checked_instant), WithJsonSchema({"type": "string", "format": "date-time"})]

EXAMPLE: dict[str, Any] = {
    "transactionId": "txn001",
    "userId": "user123",
    "transactionDate": "2023-05-01",
    "cardId": "card456",
    "cardName": "プラチナカード",
    "merchantName": "スーパーマーケットA",
    "category": "GROCERY",
    "transactionAmount": 5000,
    "kickbackAmount": 50,
    "kickbackType": "POINT",
    "kickbackRate": 0.01,
    "description": "食料品購入",
    "channel": "STORE",
    "occurredAt": "2023-05-01T21:34:56+09:00",
}


def _one_of(*names: str) -> dict[str, Any]:
    """JSON Schema for: at least one of these fields is there and not null."""
    return {"anyOf": [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]}


_COMPLETE: dict[str, Any] = {
    "allOf": [_one_of("transactionDate", "occurredAt"), _one_of("kickbackAmount", "kickbackRate")]
}


class TransactionBody(StrictModel):
    """A purchase. One of transactionDate and occurredAt, and one of kickbackAmount and kickbackRate, must be there."""

    model_config = ConfigDict(title="Purchase", json_schema_extra={"examples": [EXAMPLE], **_COMPLETE})

    transaction_id: Id | None = None
    user_id: Id
    transaction_date: BusinessDate | None = None
    card_id: Id
    card_name: Name | None = None
    merchant_name: Name
    category: Category
    transaction_amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT, description="In the currency's smallest unit")]
    kickback_amount: Amount | None = None
    kickback_type: Annotated[KickbackType, Field(strict=False)]
    kickback_rate: Rate | None = None
    description: Text | None = None
    channel: Annotated[Channel, Field(strict=False)] | None = None
    occurred_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class PurchaseRules:
    """What completes a purchase: the clock, ids, the business time zone, and how long purchases are kept."""

    now: Callable[[], datetime]
    new_id: Callable[[], str]
    zone: tzinfo
    retention: timedelta | None


def purchase_from(body: TransactionBody, idempotency_key: str | None, rules: PurchaseRules) -> Purchase:
    """The purchase with everything that may be left out filled in. Raises Problem VALIDATION_FAILED."""
    now = rules.now()
    amount, rate = _kickback(body)
    return Purchase(
        transaction_id=_transaction_id(body, idempotency_key) or rules.new_id(),
        user_id=body.user_id,
        transaction_date=_business_date(body, now, rules.zone),
        card_id=body.card_id,
        card_name=body.card_name,
        merchant_name=body.merchant_name,
        category=body.category,
        transaction_amount=body.transaction_amount,
        kickback_amount=amount,
        kickback_type=body.kickback_type,
        kickback_rate_millionths=rate,
        description=body.description,
        channel=body.channel,
        occurred_at=body.occurred_at,
        created_at=utc_text(now),
        expiration_time=int((now + rules.retention).timestamp()) if rules.retention else None,
    )


def _transaction_id(body: TransactionBody, idempotency_key: str | None) -> str | None:
    if body.transaction_id and idempotency_key and body.transaction_id != idempotency_key:
        raise invalid("/transactionId", "must equal the Idempotency-Key header where both are given")
    return body.transaction_id or idempotency_key


def _business_date(body: TransactionBody, now: datetime, zone: tzinfo) -> date:
    occurred_on = None
    if body.occurred_at is not None:
        instant = _checked("/occurredAt", lambda: check_instant_range(parse_instant(str(body.occurred_at)), now=now))
        occurred_on = business_date(instant, zone)
    day = body.transaction_date or occurred_on
    if day is None:
        raise invalid("/transactionDate", "required unless occurredAt is given")
    return _checked("/transactionDate", lambda: check_date_range(day, now=now, zone=zone))


def _kickback(body: TransactionBody) -> tuple[int, int]:
    """Amount, and rate in millionths: each from the other where it was left out."""
    amount, rate = body.kickback_amount, body.kickback_rate
    if amount is None and rate is None:
        raise invalid("/kickbackAmount", "required unless kickbackRate is given")
    if amount is None:
        amount = kickback_of(body.transaction_amount, rate or 0)
    if rate is None:
        rate = ratio_millionths(amount, body.transaction_amount) or 0
    return amount, rate


def _checked(pointer: str, check: Callable[[], T]) -> T:
    try:
        return check()
    except ValueError as error:
        raise invalid(pointer, str(error)) from None
