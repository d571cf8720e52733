from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ledger import LedgerEntry
from app.maintenance.verifying.chains import Chains
from app.maintenance.verifying.differences import Kind
from app.maintenance.verifying.entries import entry_differences
from tests.domain.passbooks import TOKYO, earning, passbook
from tests.maintenance.sealing import sealed

amounts = st.lists(st.integers(1, 1000), min_size=1, max_size=8)


def found_in_chains(entries: Sequence[LedgerEntry]) -> list[Kind]:
    chains = Chains(TOKYO)
    for entry in entries:
        chains.add(entry)
    return [one.kind for one in chains.differences()]


def found(entries: Sequence[LedgerEntry]) -> list[Kind]:
    return found_in_chains(entries) + [one.kind for e in entries for one in entry_differences(e)]


@given(amounts, st.randoms())
def test_a_passbook_is_clean_in_any_order(earned: list[int], random: Random) -> None:
    entries = passbook([earning(amount) for amount in earned])
    random.shuffle(entries)
    assert found(entries) == []


@given(amounts, st.data())
def test_a_missing_entry_is_found_unless_it_was_the_newest(earned: list[int], data: st.DataObject) -> None:
    """The newest is missed by its purchase, not by the chain."""
    entries = passbook([earning(amount) for amount in earned])
    place = data.draw(st.integers(0, len(entries) - 1))
    del entries[place]
    assert found(entries) == ([Kind.ENTRY_MISSING] if place < len(entries) else [])


@given(amounts, st.data(), st.integers(1, 5))
def test_an_entry_that_is_forged_with_its_hash_is_found(earned: list[int], data: st.DataObject, more: int) -> None:
    entries = passbook([earning(amount) for amount in [*earned, 1]])
    place = data.draw(st.integers(0, len(entries) - 2))
    entry = entries[place]
    entries[place] = sealed(replace(entry, balance=entry.balance + more))
    assert {Kind.ENTRY_CHAIN, Kind.ENTRY_BALANCE, Kind.ENTRY_LOTS} <= set(found(entries))


def test_a_run_of_missing_entries_is_one_difference() -> None:
    entries = passbook([earning(5)] * 6)
    chains = Chains(TOKYO)
    for entry in (entries[0], entries[5]):
        chains.add(entry)
    (gap,) = chains.differences()
    assert gap.key == "user123 POINT 2 to 5"
