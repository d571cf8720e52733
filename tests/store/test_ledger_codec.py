from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.decisions.earn import Earning, decide_earn
from app.domain.ledger import LedgerEntry, entry_hash
from app.domain.lots import DEFICIT, Allocation, Lot
from app.ports.transactions import Earned, Guard
from app.store.ledger_codec import GuardRow, LedgerRow, entry_of, guard_item, guard_of, ledger_item
from tests.domain.passbooks import earning, earnings, findings, passbook
from tests.purchases import new_transaction, purchase
from tests.store.rows import over_the_wire
from tests.strategies import days, ids, kinds

DUE_SHARDS = 4

guards = st.builds(
    Guard,
    transaction_id=ids,
    user_id=ids,
    transaction_date=days,
    fingerprint=st.text("0123456789abcdef", min_size=64, max_size=64),
    created_at=st.just("2023-05-01T12:34:56.000000Z"),
    earned=st.none() | st.builds(Earned, kinds, st.integers(1, 10**10), st.integers(0, 10**18), st.none() | days),
)


def stored(entry: LedgerEntry) -> LedgerEntry:
    return entry_of(over_the_wire(ledger_item(entry, due_shards=DUE_SHARDS), LedgerRow))


def test_an_entry_as_it_is_stored() -> None:
    (entry,) = decide_earn(None, earning(50))
    assert ledger_item(entry, due_shards=DUE_SHARDS) == {
        "PK": {"S": "USER#user123"},
        "SK": {"S": "LEDGER#POINT#0000000001"},
        "ledgerPK": {"S": "LEDGER#user123#POINT"},
        "ledgerSK": {"S": "2023-05-01T12:34:56.000000Z#0000000001"},
        "duePK": {"S": "DUE#2023-10#shard02"},
        "dueSK": {"S": "2023-10-29#user123#POINT#0000000001"},
        "userId": {"S": "user123"},
        "ledgerType": {"S": "POINT"},
        "version": {"N": "1"},
        "kind": {"S": "EARN"},
        "amount": {"N": "50"},
        "balance": {"N": "50"},
        "lots": {"S": "PURCHASE@2023-10-28:50"},
        "allocations": {"S": "PURCHASE@2023-10-28:50"},
        "postings": {
            "L": [
                {"L": [{"S": "5110"}, {"N": "50"}, {"N": "0"}]},
                {"L": [{"S": "2110"}, {"N": "0"}, {"N": "50"}]},
            ]
        },
        "cause": {"S": "TRANSACTION#txn001"},
        "rule": {"S": "180 days"},
        "effectiveAt": {"S": "2023-05-01T12:34:56.000000Z"},
        "postedAt": {"S": "2023-05-01T12:34:56.000000Z"},
        "recordedAt": {"S": "2023-05-01T12:34:57.000000Z"},
        "dueOn": {"S": "2023-10-29"},
        "previousHash": {"S": "0" * 64},
        "hash": {"S": entry.hash},
    }


def test_what_is_usually_nothing_is_stored_where_it_is_something() -> None:
    (entry,) = decide_earn(None, earning(50, expires_on=None))
    item = ledger_item(replace(entry, deficit=7, lateness=3, rule=None), due_shards=DUE_SHARDS)
    assert (item["deficit"], item["lateness"]) == ({"N": "7"}, {"N": "3"})
    assert not {"rule", "dueOn", "duePK", "dueSK"} & set(item)


@settings(max_examples=60)
@given(earnings)
def test_a_passbook_is_whole_after_it_was_stored(commands: list[Earning]) -> None:
    entries = passbook(commands)
    read = [stored(entry) for entry in entries]
    assert read == entries
    assert findings(read) == []


def test_used_and_negative_numbers_are_kept() -> None:
    (entry,) = decide_earn(None, earning(50))
    entry = replace(
        entry,
        amount=-7,
        balance=-9,
        deficit=12,
        lateness=4,
        rule=None,
        due_on=None,
        lots=(Lot("A", None, 50, 1), Lot("B", date.max, 9, 3)),
        allocations=(Allocation("A", None, -3), Allocation(DEFICIT, None, -4)),
    )
    assert stored(entry) == entry
    assert entry_hash(stored(entry)) == entry_hash(entry)


def test_a_guard_as_it_is_stored() -> None:
    guard = new_transaction(purchase()).guard
    assert guard_item(guard) == {
        "PK": {"S": "TXN#txn001"},
        "SK": {"S": "TXN"},
        "transactionId": {"S": "txn001"},
        "userId": {"S": "user123"},
        "transactionDate": {"S": "2023-05-01"},
        "fingerprint": {"S": guard.fingerprint},
        "createdAt": {"S": "2023-05-01T12:34:56.000000Z"},
        "ledgerType": {"S": "POINT"},
        "ledgerVersion": {"N": "1"},
        "ledgerBalance": {"N": "50"},
        "ledgerExpiresOn": {"S": "2023-10-28"},
    }


@settings(max_examples=100)
@given(guards)
def test_a_guard_is_read_back(guard: Guard) -> None:
    assert guard_of(over_the_wire(guard_item(guard), GuardRow)) == guard


@pytest.mark.parametrize("attribute", ["ledgerType", "ledgerVersion", "ledgerBalance", "ledgerExpiresOn"])
def test_what_earned_nothing_has_no_ledger_attributes(attribute: str) -> None:
    guard = new_transaction(purchase(kickback_amount=0)).guard
    assert guard.earned is None
    assert attribute not in guard_item(guard)
