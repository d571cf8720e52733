"""What the answers of commands on an account have in common."""

from pydantic import Field

from app.api.ledger import AllocationAnswer
from app.api.schemas import Answer


class CommandLedgerAnswer(Answer):
    """The ledger entry it made: what the account held after it, and which lots it took from or gave to."""

    type: str = Field(examples=["POINT"])
    version: int = Field(examples=[2])
    balance: int = Field(examples=[20])
    allocations: list[AllocationAnswer]


class CommandAnswer(Answer):
    """What was sent, whose it is, and when it was carried out."""

    user_id: str = Field(examples=["user123"])
    created_at: str = Field(examples=["2023-05-01T12:34:56.000000Z"])
