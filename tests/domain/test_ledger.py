import hashlib
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.decisions.earn import Earning, decide_earn
from app.domain.journal import EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import GENESIS_HASH, Account, LedgerEntry, entry_hash
from app.domain.lots import Allocation, Lot
from tests.domain.passbooks import ACCOUNT, AT, earning, earnings, findings, passbook

DAY = date(2023, 10, 28)
# Another value for every field of an entry.
EDITS: dict[str, Any] = {
    "account": Account("user124", KickbackType.POINT),
    "version": 7,
    "kind": EntryKind.ADJUST,
    "amount": 51,
    "balance": 51,
    "deficit": 1,
    "lots": (Lot("PURCHASE", DAY, 50, 49),),
    "allocations": (Allocation("PURCHASE", DAY, 49),),
    "postings": (Posting("5110", 49, 0), Posting("2110", 0, 49)),
    "cause": "TRANSACTION#txn002",
    "rule": "181 days",
    "effective_at": "2023-05-01T12:34:57.000000Z",
    "posted_at": "2023-05-01T12:34:57.000000Z",
    "lateness": 1,
    "recorded_at": "2023-05-01T12:34:58.000000Z",
    "previous_hash": "f" * 64,
    "hash": "f" * 64,
    "due_on": date(2023, 10, 30),
}


def test_the_first_entry() -> None:
    (entry,) = decide_earn(None, earning(50))
    assert replace(entry, hash="") == LedgerEntry(
        account=ACCOUNT,
        version=1,
        kind=EntryKind.EARN,
        amount=50,
        balance=50,
        deficit=0,
        lots=(Lot("PURCHASE", DAY, 50, 50),),
        allocations=(Allocation("PURCHASE", DAY, 50),),
        postings=(Posting("5110", 50, 0), Posting("2110", 0, 50)),
        cause="TRANSACTION#txn001",
        rule="180 days",
        effective_at="2023-05-01T12:34:56.000000Z",
        posted_at="2023-05-01T12:34:56.000000Z",
        lateness=0,
        recorded_at="2023-05-01T12:34:57.000000Z",
        previous_hash=GENESIS_HASH,
        hash="",
        due_on=date(2023, 10, 29),
    )


def test_an_entry_follows_the_one_before() -> None:
    (first,) = decide_earn(None, earning(50))
    (second,) = decide_earn(first, earning(30, cause="TRANSACTION#txn002", expires_on=None))
    assert (second.version, second.amount, second.balance) == (2, 30, 80)
    assert second.lots == (Lot("PURCHASE", DAY, 50, 50), Lot("PURCHASE", None, 30, 30))
    assert second.allocations == (Allocation("PURCHASE", None, 30),)
    assert second.previous_hash == first.hash


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_not_earned(amount: int) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        decide_earn(None, earning(amount))


@settings(max_examples=100)
@given(earnings)
def test_versions_have_no_gap_and_balances_are_sums(commands: list[Earning]) -> None:
    entries = passbook(commands)
    assert findings(entries) == []
    assert [one.amount for one in entries if one.kind is EntryKind.EARN] == [command.amount for command in commands]
    for entry in entries:
        assert sum(lot.remaining for lot in entry.lots) - entry.deficit == entry.balance
        assert sum(allocation.amount for allocation in entry.allocations) == entry.amount
        assert sum(posting.debit - posting.credit for posting in entry.postings) == 0


@settings(max_examples=60)
@given(earnings, st.data())
def test_any_edit_is_found(commands: list[Earning], data: st.DataObject) -> None:
    entries = passbook(commands)
    place = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from(sorted(EDITS)))
    entries[place] = replace(entries[place], **{name: EDITS[name]})
    assert findings(entries) != [] or entries == passbook(commands)


@settings(max_examples=60)
@given(earnings, st.data())
def test_a_resealed_edit_is_found_by_the_next_entry(commands: list[Earning], data: st.DataObject) -> None:
    entries = passbook([*commands, earning(1)])
    place = data.draw(st.integers(0, len(entries) - 2))
    edited = replace(entries[place], cause="TRANSACTION#forged")
    entries[place] = replace(edited, hash=entry_hash(edited))
    assert findings(entries) == [f"{place + 2}: does not follow the entry before"]


@settings(max_examples=60)
@given(earnings, st.data())
def test_a_removed_or_moved_entry_is_found(commands: list[Earning], data: st.DataObject) -> None:
    entries = passbook([*commands, earning(1), earning(2)])
    place = data.draw(st.integers(0, len(entries) - 2))
    assert findings(entries[:place] + entries[place + 1 :]) != []
    entries[place], entries[place + 1] = entries[place + 1], entries[place]
    assert findings(entries) != []


def test_every_field_is_in_the_hash() -> None:
    (entry,) = decide_earn(None, earning(50))
    names = {field.name for field in fields(LedgerEntry)}
    assert names == set(EDITS)
    for name in names - {"hash"}:
        assert entry_hash(replace(entry, **{name: EDITS[name]})) != entry.hash, name


def test_the_hash_of_a_known_entry_never_changes() -> None:
    """Stored passbooks are checked against it for ever."""
    content = (
        '["user123","POINT",1,"EARN",50,50,0,[["PURCHASE","2023-10-28",50,50]],[["PURCHASE","2023-10-28",50]],'
        '[["5110",50,0],["2110",0,50]],"TRANSACTION#txn001","180 days","2023-05-01T12:34:56.000000Z",'
        f'"2023-05-01T12:34:56.000000Z",0,"2023-05-01T12:34:57.000000Z","2023-10-29","{"0" * 64}"]'
    )
    (entry,) = decide_earn(None, earning(50))
    assert entry.hash == hashlib.sha256(content.encode()).hexdigest()


def test_the_same_instant_makes_the_same_entry_whatever_its_zone() -> None:
    tokyo: datetime = AT.astimezone(ZoneInfo("Asia/Tokyo"))
    assert decide_earn(None, earning(50, at=tokyo)) == decide_earn(None, earning(50, at=AT))
