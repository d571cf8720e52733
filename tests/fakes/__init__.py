"""In-memory stand-ins for the ports. They keep the ports' promises, and refuse what the real store would refuse."""

from tests.fakes.benefits import FakeBenefits
from tests.fakes.categories import FakeCategories
from tests.fakes.facts import FakeFacts, Fault
from tests.fakes.kickbacks import FakeKickbacks
from tests.fakes.ledger import FakeLedger
from tests.fakes.timelines import FakeTimelines
from tests.fakes.transactions import FakeTransactions

__all__ = [
    "FakeBenefits",
    "FakeCategories",
    "FakeFacts",
    "FakeKickbacks",
    "FakeLedger",
    "FakeTimelines",
    "FakeTransactions",
    "Fault",
]
