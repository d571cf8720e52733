"""The shapes of explanations: every number that matters, and the same in sentences."""

from typing import Any

from pydantic import Field

from app.api.schemas import Answer
from app.api.transaction_answers import PurchaseAnswer


class KickbackReasonAnswer(Answer):
    """`basis` RATE: amount times rate, rounded down. AMOUNT: given, the rate follows from it. BOTH: both were given,
    and the rate gives another amount. `product` is exact; `byRate` is what it is rounded down to."""

    transaction_amount: int = Field(examples=[5000])
    rate: float = Field(examples=[0.01])
    product: float = Field(examples=[50])
    by_rate: int = Field(examples=[50])
    rounded: bool
    kickback_amount: int = Field(examples=[50])
    type: str = Field(examples=["POINT"])
    basis: str = Field(examples=["RATE"])


class LotChangeAnswer(Answer):
    """A lot before and after the entry; with DEFICIT, what was owed. `expiresAt` is when it stops counting."""

    lot: str
    source: str
    change: int
    before: int
    after: int
    adds_up: bool
    expires_on: str | None
    expires_at: str | None


class PostingAnswer(Answer):
    """One line of the journal entry."""

    account: str = Field(examples=["2110"])
    name: str = Field(examples=["Points owed to customers"])
    debit: int
    credit: int


class HashAnswer(Answer):
    """`intact`: the hash is that of what the entry says. `follows`: it names the hash of the entry before it."""

    hash: str
    recomputed: str
    intact: bool
    previous_hash: str
    follows: bool


class StateAnswer(Answer):
    """What the account held."""

    balance: int
    deficit: int
    lots: list[dict[str, Any]]


class ExplainedEntryAnswer(Answer):
    """A ledger entry with everything that it changed."""

    type: str
    version: int
    kind: str
    amount: int
    balance: int
    cause: str
    rule: str | None
    effective_at: str
    posted_at: str
    recorded_at: str
    before: StateAnswer
    after: StateAnswer
    lots: list[LotChangeAnswer]
    allocations: list[dict[str, Any]]
    postings: list[PostingAnswer]
    balanced: bool
    chain: HashAnswer


class ReversedAnswer(Answer):
    """What reversals have taken back so far, of the amount and of the kickback."""

    count: int
    amount: int
    kickback_amount: int
    left: int


class TransactionExplanation(Answer):
    """Why a purchase gave what it gave. `entry` is null when that is nothing."""

    transaction_id: str
    user_id: str
    transaction_date: str
    kickback: KickbackReasonAnswer
    entry: ExplainedEntryAnswer | None
    reversed: ReversedAnswer
    text: list[str]


class CauseAnswer(Answer):
    """What caused an entry: a purchase, a command with what it was answered, or the end of a day."""

    kind: str = Field(examples=["TRANSACTION"])
    id: str = Field(examples=["TRANSACTION#txn001"])
    purchase: PurchaseAnswer | None
    command: dict[str, Any] | None


class EntryExplanation(Answer):
    """Why a ledger entry is as it is."""

    user_id: str
    cause: CauseAnswer
    entry: ExplainedEntryAnswer
    text: list[str]
