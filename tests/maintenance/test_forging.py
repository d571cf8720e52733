"""Whatever is edited, removed or reordered in a passbook that has seen every command is found."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeVar

import pytest

from app.commands.posting import Carried
from app.domain.benefits import Exercise
from app.domain.journal import EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry, entry_hash
from app.domain.lots import DEFICIT, Allocation, Lot
from app.maintenance.verifying.chains import Chains
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.entries import entry_differences
from app.maintenance.verifying.facts import FactChecks, Portion
from app.ports.ledger import CommandKind, Receipt, Tally
from app.ports.scans import Fact, StoredPurchase
from app.ports.transactions import Guard
from tests.commands.lives import Life
from tests.maintenance.sealing import sealed
from tests.purchases import TOKYO

T = TypeVar("T")
C = TypeVar("C", Receipt, Tally)
ACCOUNT = Account("u1", KickbackType.POINT)


async def live() -> Life:
    """Everything happens once: late earnings, some that are over already, debts, and a closure."""
    life = Life()
    bought = [await life.buy(ACCOUNT, 50)]
    life.moment += timedelta(days=1)
    redemption, _ = await life.redeem(ACCOUNT, 30)
    await life.cancel(ACCOUNT, redemption, 10)
    life.moment += timedelta(days=7)
    await life.cancel(ACCOUNT, redemption, None)  # into a lot that is over
    bought += [await life.buy(ACCOUNT, 9, late=timedelta(days=2)), await life.buy(ACCOUNT, 40, late=timedelta(days=20))]
    await life.adjust(ACCOUNT, 25)
    await life.adjust(ACCOUNT, -5)
    await life.exercise(ACCOUNT)
    life.moment += timedelta(days=1)
    await life.exercise(ACCOUNT)
    await life.redeem(ACCOUNT, 39)
    assert isinstance(await life.reverse(bought[1], 500), Carried)
    assert isinstance(await life.reverse(bought[2], None), Carried)  # more than there is
    bought.append(await life.buy(ACCOUNT, 60, late=timedelta(days=3)))
    await life.exercise(ACCOUNT)
    life.moment += timedelta(days=3)
    await life.expire(ACCOUNT)
    await life.close(ACCOUNT.user_id)
    await life.buy(ACCOUNT, 7)
    return life


@lru_cache(maxsize=1)
def facts() -> tuple[Fact, ...]:
    return tuple(asyncio.run(live()).stored())


@lru_cache(maxsize=1)
def book() -> tuple[LedgerEntry, ...]:
    return tuple(sorted((one for one in facts() if isinstance(one, LedgerEntry)), key=lambda one: one.version))


def differences(stored: Iterable[Fact]) -> list[Difference]:
    checks = FactChecks(Portion(), TOKYO)
    for fact in stored:
        checks.add(fact)
    return list(checks.differences(dropped_before=""))


def chained(entries: Iterable[LedgerEntry]) -> list[Difference]:
    """What the entries alone say."""
    chains = Chains(TOKYO)
    found: list[Difference] = []
    for entry in entries:
        found += entry_differences(entry)
        chains.add(entry)
    return [*found, *chains.differences()]


def book_with(entry: LedgerEntry, edited: LedgerEntry) -> list[LedgerEntry]:
    return [edited if one is entry else one for one in book()]


def with_instead(one: Fact, *others: Fact) -> list[Fact]:
    return [other for fact in facts() for other in (others if fact is one else (fact,))]


def test_a_life_without_damage_is_clean() -> None:
    assert {one.kind for one in book()} == set(EntryKind)
    assert any(one.deficit for one in book())
    assert any(one.lateness for one in book())
    assert differences(facts()) == []
    assert differences(reversed(facts())) == []


@pytest.mark.parametrize("portions", [2, 7])
def test_portions_are_clean_too(portions: int) -> None:
    for number in range(portions):
        checks = FactChecks(Portion(number, portions), TOKYO)
        for fact in facts():
            checks.add(fact)
        assert list(checks.differences(dropped_before="")) == []


def edits(entry: LedgerEntry) -> dict[str, list[Any]]:
    """Other values for every field."""
    day = date(2026, 11, 30)
    lots = [(*entry.lots, Lot("PURCHASE", date(2099, 1, 1), 1, 1)), entry.lots[1:], entry.lots[::-1]]
    lots += [(lot._replace(remaining=lot.remaining + 1), *entry.lots[1:]) for lot in entry.lots[:1]]
    lots += [(lot._replace(earned=lot.earned + 1), *entry.lots[1:]) for lot in entry.lots[:1]]
    lots += [(lot._replace(expires_on=date(2099, 1, 1)), *entry.lots[1:]) for lot in entry.lots[:1]]
    lots += [(lot._replace(source="GIFT"), *entry.lots[1:]) for lot in entry.lots[:1]]
    parts = [entry.allocations[1:], (*entry.allocations, Allocation(DEFICIT, None, 1))]
    parts += [(part._replace(amount=part.amount + 1), *entry.allocations[1:]) for part in entry.allocations[:1]]
    parts += [(part._replace(source="GIFT"), *entry.allocations[1:]) for part in entry.allocations[:1]]
    parts += [(part._replace(expires_on=date(2099, 1, 1)), *entry.allocations[1:]) for part in entry.allocations[:1]]
    instants = ["2026-01-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z", "", "yesterday"]
    return {
        "account": [Account("u1", KickbackType.MILE), Account("u2", KickbackType.POINT)],
        "version": [entry.version + 1, entry.version + 100, 0],
        "kind": [kind for kind in EntryKind if kind is not entry.kind],
        "amount": [entry.amount + 1, -entry.amount, 0],
        "balance": [entry.balance + 1, entry.balance - 1],
        "deficit": [entry.deficit + 1, entry.deficit - 1],
        "lots": [one for one in lots if one != entry.lots],
        "allocations": [one for one in parts if one != entry.allocations],
        "postings": [(), (Posting("5110", 1, 0), Posting("2110", 0, 1)), entry.postings[::-1]],
        "cause": ["TRANSACTION#t0x", "REDEMPTION#x", "EXPIRY#2026-01-01", "NOTHING#x", "REVERSAL#x", ""],
        "rule": ["8 days", "never"],
        "effective_at": instants,
        "posted_at": instants,
        "lateness": [entry.lateness + 1, entry.lateness - 1],
        "recorded_at": instants,
        "previous_hash": ["f" * 64, ""],
        "hash": ["f" * 64, ""],
        "due_on": [None if entry.due_on else day, date(2000, 1, 1)],
    }


def test_every_field_is_edited() -> None:
    assert set(edits(book()[0])) == {one.name for one in fields(LedgerEntry)}


@pytest.mark.parametrize("name", [one.name for one in fields(LedgerEntry)])
def test_any_edit_is_found(name: str) -> None:
    for entry in book():
        for value in edits(entry)[name]:
            edited = replace(entry, **{name: value})
            assert chained(book_with(entry, edited)), (entry.version, value)


@pytest.mark.parametrize("name", [one.name for one in fields(LedgerEntry) if one.name != "hash"])
def test_any_edit_of_somebody_who_makes_the_hash_anew_is_found_before_the_newest(name: str) -> None:
    for entry in book()[:-1]:
        for value in edits(entry)[name]:
            forged = sealed(replace(entry, **{name: value}))
            assert chained(book_with(entry, forged)), (entry.version, value)


# What nothing else tells: the name of the rule, and a second in which it was recorded that is possible.
UNTOLD = {"rule", "recorded_at"}


@lru_cache(maxsize=64)
def shortened(length: int) -> tuple[tuple[Fact, ...], frozenset[tuple[Kind, str]]]:
    """The facts as if the book had ended there, and what is different because of that alone."""
    kept = tuple(one for one in facts() if not (isinstance(one, LedgerEntry) and one.version > length))
    return kept, frozenset((one.kind, one.key) for one in differences(kept))


@pytest.mark.parametrize("name", sorted({one.name for one in fields(LedgerEntry)} - UNTOLD - {"hash"}))
def test_a_newest_entry_that_is_forged_with_its_hash_is_found_by_the_rules(name: str) -> None:
    """Each entry was the newest once."""
    for entry in book():
        kept, before = shortened(entry.version)
        for value in edits(entry)[name]:
            forged = sealed(replace(entry, **{name: value}))
            found = {(one.kind, one.key) for one in differences(forged if one is entry else one for one in kept)}
            assert found - before, (entry.version, value)


def test_a_removed_entry_is_found() -> None:
    for entry in book():
        assert differences(with_instead(entry)), entry.version


def test_entries_that_change_places_are_found() -> None:
    for one, other in zip(book(), book()[1:], strict=False):
        for seal in (sealed, lambda entry: entry):
            swapped = [seal(replace(one, version=other.version)), seal(replace(other, version=one.version))]
            rest = [fact for fact in facts() if fact is not one and fact is not other]
            assert differences([*rest, *swapped]), one.version


def test_a_chain_that_is_made_anew_from_an_edit_on_is_found() -> None:
    """Somebody who can do everything but write receipts, guards and purchases."""
    entries: Sequence[LedgerEntry] = book()
    for place, entry in enumerate(entries):
        forged = [replace(entry, amount=entry.amount + 1, balance=entry.balance + 1), *entries[place + 1 :]]
        previous = entry.previous_hash
        for number, one in enumerate(forged):
            forged[number] = sealed(replace(one, previous_hash=previous))
            previous = forged[number].hash
        rest = [fact for fact in facts() if not (isinstance(fact, LedgerEntry) and fact.version >= entry.version)]
        assert differences([*rest, *forged]), entry.version


def of(sort: type[T]) -> list[T]:
    return [one for one in facts() if isinstance(one, sort)]


def of_kind(sort: type[C], kind: CommandKind) -> list[C]:
    return [one for one in of(sort) if one.id.kind is kind]


USERS = [kind for kind in CommandKind if kind is not CommandKind.REVERSAL]


@pytest.mark.parametrize("kind", USERS)
def test_a_receipt_that_is_gone_is_found(kind: CommandKind) -> None:
    for receipt in of_kind(Receipt, kind):
        found = {one.kind for one in differences(with_instead(receipt))}
        assert Kind.RECEIPT_MISSING in found


@pytest.mark.parametrize("kind", USERS)
def test_a_receipt_that_says_something_else_is_found(kind: CommandKind) -> None:
    for receipt in of_kind(Receipt, kind):
        wrong = [
            replace(receipt, account=Account("u2", KickbackType.POINT), version=1),
            replace(receipt, answer=b"[]"),
            replace(receipt, answer=receipt.answer.replace(b'"version":', b'"version":1')),
            replace(receipt, answer=receipt.answer.replace(b'"balance":', b'"balance":1')),
            replace(receipt, created_at="2026-01-01T00:00:00.000000Z"),
        ]
        if receipt.version is not None:
            wrong += [replace(receipt, version=receipt.version + 1), replace(receipt, account=None, version=None)]
        for one in wrong:
            assert Kind.RECEIPT_WRONG in {found.kind for found in differences(with_instead(receipt, one))}, one


def test_a_receipt_of_nothing_is_found() -> None:
    (receipt, *_) = of_kind(Receipt, CommandKind.REDEMPTION)
    copy = replace(receipt, id=replace(receipt.id, ids=("another",)))
    assert {one.kind for one in differences([*facts(), copy])} == {Kind.RECEIPT_WRONG}


@pytest.mark.parametrize("kind", [CommandKind.CANCELLATION, CommandKind.EXERCISE])
def test_sums_that_are_not_those_of_their_steps_are_found(kind: CommandKind) -> None:
    tallies = of_kind(Tally, kind)
    assert len(tallies) > 1
    for tally in tallies:
        for edited in ([], [replace(tally, amount=tally.amount + 1)], [tally, replace(tally, number=9)]):
            found = {one.kind for one in differences(with_instead(tally, *edited))}
            assert found & {Kind.TALLY_WRONG, Kind.TALLY_MISSING}, edited
    ((_, first),) = [(one.number, one) for one in tallies if one.number == 1]
    moved = replace(first, number=len(tallies) + 1)
    assert Kind.TALLY_MISSING in {one.kind for one in differences(with_instead(first, moved))} or (
        kind is CommandKind.EXERCISE
    )


def test_sums_of_what_never_was_are_found() -> None:
    (tally, *_) = of_kind(Tally, CommandKind.CANCELLATION)
    for kind in USERS:
        copy = replace(tally, id=replace(tally.id, kind=kind, ids=("another",)))
        assert Kind.TALLY_WRONG in {one.kind for one in differences([*facts(), copy])}


def test_exercises_are_those_of_their_receipts() -> None:
    for exercise in of(Exercise):
        for edited in ([], [replace(exercise, exercise_id="x")], [replace(exercise, number=99)]):
            assert Kind.EXERCISE_WRONG in {one.kind for one in differences(with_instead(exercise, *edited))}


def test_a_guard_and_a_purchase_are_missed() -> None:
    purchases = [one for one in of(StoredPurchase) if one.purchase is not None]
    for one, kind in ((of(Guard)[0], Kind.GUARD_MISSING), (purchases[0], Kind.PURCHASE_MISSING)):
        assert kind in {found.kind for found in differences(with_instead(one))}


def test_hashes_are_those_of_their_content() -> None:
    assert all(entry.hash == entry_hash(entry) for entry in book())
