from datetime import date

from app.commands.record_group import Conflict
from app.commands.record_transaction import Recorded, record_transaction
from app.domain.kickbacks import KickbackType
from app.ports.transactions import Earned
from tests.commands.recorders import recording
from tests.fakes import FakeFacts
from tests.purchases import purchase

EARNED = Earned(KickbackType.POINT, 1, 50, date(2023, 10, 28))
LATER = "2030-01-01T00:00:00.000000Z"


async def test_the_first_time_it_is_recorded() -> None:
    using = recording(FakeFacts())
    assert await record_transaction(purchase(), using=using) == Recorded(purchase(), EARNED, replayed=False)


async def test_again_it_is_what_was_stored() -> None:
    using = recording(FakeFacts())
    await record_transaction(purchase(), using=using)
    await record_transaction(purchase(transaction_id="txn002"), using=using)
    again = await record_transaction(purchase(created_at=LATER), using=using)
    assert again == Recorded(purchase(), EARNED, replayed=True)


async def test_again_after_retention_has_dropped_it_it_is_the_same() -> None:
    facts = FakeFacts()
    using = recording(facts)
    await record_transaction(purchase(), using=using)
    facts.purchases.clear()
    again = await record_transaction(purchase(created_at=LATER), using=using)
    assert again == Recorded(purchase(), EARNED, replayed=True)
    assert facts.purchases == {}


async def test_other_content_is_a_conflict() -> None:
    using = recording(FakeFacts())
    await record_transaction(purchase(), using=using)
    assert await record_transaction(purchase(transaction_amount=1), using=using) == Conflict("txn001")
