"""The ports together, as one storage."""

from dataclasses import dataclass

from app.ports.categories import Categories
from app.ports.kickbacks import Kickbacks
from app.ports.ledger import Ledger
from app.ports.timelines import Timelines
from app.ports.transactions import Transactions


@dataclass(frozen=True, slots=True)
class Stores:
    """The ports on the same facts."""

    transactions: Transactions
    kickbacks: Kickbacks
    timelines: Timelines
    categories: Categories
    ledger: Ledger
