"""Answers as pydantic models, one for each row: what tutorials give FastAPI as `response_model`."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.kickbacks import Channel, KickbackType


class Model(BaseModel):
    """Named in camelCase; what a stored item has besides is ignored."""

    model_config = ConfigDict(alias_generator=to_camel)


class Kickback(Model):
    """A purchase or a reversal."""

    transaction_id: str
    user_id: str
    transaction_date: str
    card_id: str
    card_name: str | None = None
    merchant_name: str
    category: str
    transaction_amount: int
    kickback_amount: int
    kickback_type: KickbackType
    kickback_rate: float
    description: str | None = None
    channel: Channel | None = None
    occurred_at: str | None = None
    reversal_id: str | None = None
    reason: str | None = None
    created_at: str


class KickbackPage(Model):
    """A page of history."""

    items: list[Kickback]
    next_cursor: str | None


class LedgerLine(Model):
    """What a purchase earned."""

    type: KickbackType
    version: int
    balance: int
    expires_on: str | None


class RecordedPurchase(Kickback):
    """A purchase as recording answers it."""

    ledger: LedgerLine | None


class Sums(Model):
    """Sums over purchases."""

    count: int
    transaction_total: int
    kickback_value: int
    kickback_by_type: dict[KickbackType, int]


class Valuation(Model):
    """What one unit of each type counts for."""

    model_config = ConfigDict(alias_generator=None)

    currency: str
    POINT: float
    MILE: float
    CASHBACK: float


class RankingRow(Sums):
    """A card's place."""

    rank: int
    medal: str | None
    id: str
    name: str | None
    realized_rate: float | None


class Ranking(Model):
    """A page of a ranking."""

    category: str
    month: str
    by: str
    as_of: str
    final: bool
    category_rank: int | None
    totals: Sums
    valuation: Valuation
    items: list[RankingRow]
    next_cursor: str | None


class CategoryPart(Sums):
    """One category's part of a card."""

    category: str
    realized_rate: float | None


class Efficiency(Sums):
    """What a card gives back."""

    card_id: str
    card_name: str | None
    first: str = Field(alias="from")
    last: str = Field(alias="to")
    as_of: str
    average_rate: float | None
    realized_rate: float | None
    by_category: list[CategoryPart]
    valuation: Valuation


class Expiring(Model):
    """What counts through this day."""

    expires_on: str
    amount: int


class Balance(Model):
    """One account."""

    type: KickbackType
    balance: int
    available: int
    expiring: list[Expiring]
    version: int
    as_of: str
