"""The Transactions port: all or nothing, once."""

import asyncio
from uuid import uuid4

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.transactions import MAX_ACTIONS, Appended, Refused
from tests.audit_rows import row
from tests.contract.stores import Stores
from tests.purchases import EXAMPLE, new_transaction, purchase

ACCOUNT = Account("user123", KickbackType.POINT)

LARGEST = MAX_ACTIONS // 3


def token() -> str:
    return str(uuid4())


async def test_what_was_appended_is_read_back_whole(stores: Stores) -> None:
    written = new_transaction(EXAMPLE)
    assert await stores.transactions.append([written], audit=row(), token=token()) == Appended()
    assert await stores.transactions.guard("txn001") == written.guard
    assert await stores.transactions.purchase(written.guard) == EXAMPLE
    assert await stores.ledger.head(ACCOUNT) == written.entry


async def test_optional_fields_and_a_kickback_of_nothing(stores: Stores) -> None:
    bare = purchase(card_name=None, description=None, kickback_amount=0, kickback_rate_millionths=0)
    written = new_transaction(bare)
    assert written.entry is None
    await stores.transactions.append([written], audit=row(), token=token())
    assert await stores.transactions.purchase(written.guard) == bare
    assert await stores.ledger.head(ACCOUNT) is None
    assert (await stores.transactions.guard("txn001")) == written.guard


async def test_unknown_ids_and_accounts_are_none(stores: Stores) -> None:
    assert await stores.transactions.guard("nothing") is None
    assert await stores.ledger.head(ACCOUNT) is None
    assert await stores.transactions.purchase(new_transaction(EXAMPLE).guard) is None


async def test_a_taken_id_is_refused_with_its_guard_and_nothing_is_written(stores: Stores) -> None:
    first = new_transaction(EXAMPLE)
    await stores.transactions.append([first], audit=row(), token=token())
    other_day = purchase(transaction_date=EXAMPLE.transaction_date.replace(day=2))
    again = new_transaction(other_day, first.entry)
    beside = new_transaction(purchase(transaction_id="txn002", user_id="somebody"))
    answer = await stores.transactions.append([beside, again], audit=row(), token=token())
    assert answer == Refused({"txn001": first.guard}, stale=False)
    assert await stores.transactions.guard("txn002") is None
    assert await stores.ledger.head(ACCOUNT) == first.entry
    assert await stores.transactions.purchase(again.guard) is None


async def test_a_taken_ledger_version_is_stale_and_nothing_is_written(stores: Stores) -> None:
    await stores.transactions.append([new_transaction(EXAMPLE)], audit=row(), token=token())
    late = new_transaction(purchase(transaction_id="txn002"))
    assert await stores.transactions.append([late], audit=row(), token=token()) == Refused({}, stale=True)
    assert await stores.transactions.guard("txn002") is None


async def test_the_same_call_with_the_same_token_counts_once(stores: Stores) -> None:
    written, audit, once = new_transaction(EXAMPLE), row(), token()
    assert await stores.transactions.append([written], audit=audit, token=once) == Appended()
    assert await stores.transactions.append([written], audit=audit, token=once) == Appended()
    assert await stores.ledger.head(ACCOUNT) == written.entry


async def test_a_full_group_and_its_chain_of_entries(stores: Stores) -> None:
    head: LedgerEntry | None = None
    group = []
    for number in range(LARGEST):
        group.append(new_transaction(purchase(transaction_id=f"txn{number:03d}"), head))
        head = group[-1].entry
    assert await stores.transactions.append(group, audit=row(), token=token()) == Appended()
    newest = await stores.ledger.head(ACCOUNT)
    assert newest == head
    assert newest is not None
    assert (newest.version, newest.balance) == (LARGEST, LARGEST * 50)


async def test_accounts_of_one_user_are_apart(stores: Stores) -> None:
    points = new_transaction(EXAMPLE)
    miles = new_transaction(purchase(transaction_id="txn002", kickback_type=KickbackType.MILE))
    await stores.transactions.append([points, miles], audit=row(), token=token())
    assert await stores.ledger.head(ACCOUNT) == points.entry
    assert await stores.ledger.head(ACCOUNT._replace(kind=KickbackType.MILE)) == miles.entry
    assert await stores.ledger.head(ACCOUNT._replace(kind=KickbackType.CASHBACK)) is None


async def test_of_many_writers_at_once_exactly_one_gets_a_version(stores: Stores) -> None:
    rivals = [new_transaction(purchase(transaction_id=f"txn{number}")) for number in range(20)]
    answers = await asyncio.gather(*(stores.transactions.append([one], audit=row(), token=token()) for one in rivals))
    assert answers.count(Appended()) == 1
    assert all(answer.stale for answer in answers if isinstance(answer, Refused))


async def test_registered_categories_are_known_by_month(stores: Stores) -> None:
    for month, category in (("2023-05", "GROCERY"), ("2023-05", "DINING"), ("2023-06", "FUEL"), ("2023-05", "GROCERY")):
        await stores.categories.register(month, category)
    assert await stores.categories.names(["2023-05"]) == {"GROCERY", "DINING"}
    assert await stores.categories.names(["2023-05", "2023-06", "2023-07"]) == {"GROCERY", "DINING", "FUEL"}
    assert await stores.categories.names(["2024-01"]) == frozenset()
