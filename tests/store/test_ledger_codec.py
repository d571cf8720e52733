from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ledger import Earning, decide_earn, entry_hash
from app.domain.lots import Lot
from app.ports.transactions import Earned, Guard
from app.store.ledger_codec import GuardRow, LedgerRow, entry_of, guard_item, guard_of, ledger_item
from tests.domain.passbooks import earning, earnings, findings, passbook
from tests.purchases import new_transaction, purchase
from tests.store.rows import over_the_wire
from tests.strategies import days, ids, kinds

guards = st.builds(
    Guard,
    transaction_id=ids,
    user_id=ids,
    transaction_date=days,
    fingerprint=st.text("0123456789abcdef", min_size=64, max_size=64),
    created_at=st.just("2023-05-01T12:34:56.000000Z"),
    earned=st.none() | st.builds(Earned, kinds, st.integers(1, 10**10), st.integers(0, 10**18), st.none() | days),
)


def test_an_entry_as_it_is_stored() -> None:
    entry = decide_earn(None, earning(50))
    assert ledger_item(entry) == {
        "PK": {"S": "USER#user123"},
        "SK": {"S": "LEDGER#POINT#0000000001"},
        "userId": {"S": "user123"},
        "ledgerType": {"S": "POINT"},
        "version": {"N": "1"},
        "kind": {"S": "EARN"},
        "amount": {"N": "50"},
        "balance": {"N": "50"},
        "lots": {"L": [{"L": [{"S": "PURCHASE"}, {"S": "2023-10-28"}, {"N": "50"}, {"N": "50"}]}]},
        "allocations": {"L": [{"L": [{"S": "PURCHASE:2023-10-28"}, {"N": "50"}]}]},
        "postings": {
            "L": [
                {"L": [{"S": "5110"}, {"N": "50"}, {"N": "0"}]},
                {"L": [{"S": "2110"}, {"N": "0"}, {"N": "50"}]},
            ]
        },
        "cause": {"S": "TRANSACTION#txn001"},
        "effectiveAt": {"S": "2023-05-01T12:34:56.000000Z"},
        "recordedAt": {"S": "2023-05-01T12:34:57.000000Z"},
        "previousHash": {"S": "0" * 64},
        "hash": {"S": entry.hash},
    }


@settings(max_examples=60)
@given(earnings)
def test_a_passbook_is_whole_after_it_was_stored(commands: list[Earning]) -> None:
    entries = passbook(commands)
    read = [entry_of(over_the_wire(ledger_item(entry), LedgerRow)) for entry in entries]
    assert read == entries
    assert findings(read) == []


def test_used_and_negative_numbers_are_kept() -> None:
    entry = replace(decide_earn(None, earning(50)), amount=-7, lots=(Lot("A", None, 50, 0), Lot("B", date.max, 9, 3)))
    read = entry_of(over_the_wire(ledger_item(entry), LedgerRow))
    assert read == entry
    assert entry_hash(read) == entry_hash(entry)


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
