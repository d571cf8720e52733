"""What `verify` says about reversals: nothing while they are whole, and something about each that is missing, surplus
or edited, whatever was edited."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from app.api.reversals import reversal_answer
from app.commands.posting import Carried
from app.commands.reverse_transaction import Reversed
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.periods import utc_text
from app.domain.reversals import Part, Reversal, reversal_of
from app.maintenance.verifying.differences import Kind
from app.ports.ledger import CommandId, CommandKind, Receipt, Tally, TallyId
from app.ports.scans import Fact, StoredPurchase
from app.ports.transactions import Guard
from tests.commands.posters import posting, use
from tests.commands.reversers import WITHIN, bought, reverse, reversing
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeFacts
from tests.fakes.documents import figures_of
from tests.maintenance.world import World
from tests.purchases import EXAMPLE, NOW

EDITED = {Kind.REVERSAL_WRONG, Kind.REVERSAL_SUM, Kind.REVERSAL_MISSING, Kind.REVERSAL_SURPLUS}


def stored(one: Reversal) -> StoredPurchase:
    return StoredPurchase(figures_of(one), None, one)


def facts_of(facts: FakeFacts) -> list[Fact]:
    """As a scan brings them."""
    found: list[Fact] = [StoredPurchase(figures_of(one), one) for one in facts.purchases.values()]
    found += [stored(one) for one in facts.further if isinstance(one, Reversal)]
    return [*found, *facts.guards.values(), *facts.entries.values(), *facts.receipts.values(), *facts.tallies.values()]


async def reversals() -> list[Fact]:
    """Two parts of a purchase, all of another, a part of one without kickback, and a part of another user's."""
    facts = FakeFacts()
    await bought(facts, transaction_amount=1000, kickback_amount=10)
    using = replace(reversing(facts), answer=reversal_answer)
    for amount, name in ((333, "v1"), (667, "v2")):
        assert isinstance(await reverse(using, amount, name, reason="返品"), Carried)
    await bought(facts, transaction_id="whole", kickback_type=KickbackType.MILE)
    await reverse(using, transaction_id="whole")
    await bought(facts, transaction_id="nothing", kickback_amount=0)
    await reverse(using, 100, transaction_id="nothing")
    await bought(facts, transaction_id="spent", user_id="u2")
    await reverse(replace(using, policy=WITHIN), 4000, transaction_id="spent")
    return facts_of(facts)


async def kinds(facts: Sequence[Fact], *, passes: int = 1, retention: timedelta | None = None) -> list[Kind]:
    world = World()
    world.facts.others = list(facts)
    return [one.kind for one in (await world.check(passes=passes, retention=retention)).differences]


@pytest.mark.parametrize("passes", [1, 3])
async def test_what_was_reversed_is_clean(passes: int) -> None:
    assert await kinds(await reversals(), passes=passes) == []


async def test_within_a_balance_of_less_it_is_clean_too() -> None:
    facts = FakeFacts()
    await bought(facts)
    await use(posting(facts), 30)
    using = replace(reversing(facts, WITHIN), answer=reversal_answer)
    for name in ("v1", "v2"):
        await reverse(using, 2500, name)
    found = [one for one in facts_of(facts) if not isinstance(one, Receipt) or one.id.kind is CommandKind.REVERSAL]
    assert {kind for kind in await kinds(found) if kind in EDITED} == set()


def test_every_sort_of_fact_is_looked_at() -> None:
    assert {StoredPurchase, LedgerEntry, Receipt, Tally} == set(REMOVED)


REMOVED: dict[type, set[Kind]] = {
    StoredPurchase: {Kind.REVERSAL_MISSING},
    Receipt: {Kind.REVERSAL_SURPLUS, Kind.REVERSAL_SUM},
    Tally: {Kind.REVERSAL_SUM},
    LedgerEntry: {Kind.REVERSAL_WRONG},
}


@pytest.mark.parametrize("sort", REMOVED)
async def test_each_that_is_missing_is_found(sort: type) -> None:
    whole = await reversals()
    mine = [one for one in whole if isinstance(one, sort) and _of_reversal(one)]
    assert len(mine) >= 4
    for gone in mine:
        found = set(await kinds([one for one in whole if one is not gone])) & EDITED
        assert REMOVED[sort] <= found, gone
    assert EDITED & set(await kinds([one for one in whole if one not in mine]))


def _of_reversal(fact: Fact) -> bool:
    match fact:
        case StoredPurchase(_, None, Reversal()):
            return True
        case Receipt(id) | Tally(id):
            return id.kind is CommandKind.REVERSAL
        case LedgerEntry():
            return fact.cause.startswith("REVERSAL#")
    return False


async def test_a_second_clawback_is_found() -> None:
    whole = await reversals()
    for one in whole:
        if isinstance(one, LedgerEntry) and _of_reversal(one):
            assert Kind.REVERSAL_WRONG in await kinds([*whole, replace(one, version=one.version + 1)])


@pytest.mark.parametrize(
    ("amount", "kickback", "expected"),
    [(500, 5, set()), (500, 9, {Kind.REVERSAL_SUM}), (1500, 15, {Kind.REVERSAL_SUM})],
    ids=["right", "not in proportion", "more than there was"],
)
async def test_what_all_parts_agree_on_is_still_held_against_the_purchase(
    amount: int, kickback: int, expected: set[Kind]
) -> None:
    """Somebody who knows how reversals are kept adds one, behind 4,000 of 5,000 yen."""
    whole = await reversals()
    bought_ones = [one.purchase for one in whole if isinstance(one, StoredPurchase) and one.purchase is not None]
    (spent,) = [one for one in bought_ones if one.transaction_id == "spent"]
    at, part = utc_text(NOW), Part(amount, kickback)
    added = reversal_of(spent, part, reversal_id="v9", is_last=False, reason=None, created_at=at)
    answer = reversal_answer(Reversed(added, part, 1000 - amount, None))
    receipt = Receipt(CommandId(CommandKind.REVERSAL, "spent", ("v9",)), "f", at, answer)
    step = Tally(TallyId(CommandKind.REVERSAL, "spent"), 2, 4000 + amount, 40 + kickback)
    assert set(await kinds([*whole, stored(added), receipt, step])) == expected


@pytest.mark.parametrize(("days", "expected"), [(29, {Kind.REVERSAL_MISSING}), (31, set())])
async def test_what_retention_dropped_is_no_difference(days: int, expected: set[Kind]) -> None:
    whole = await reversals()
    at = utc_text(NOW - timedelta(days=days))
    old = [replace(one, created_at=at) if isinstance(one, Guard) else one for one in whole]
    left = [one for one in old if not isinstance(one, StoredPurchase)]
    assert set(await kinds(left, retention=timedelta(days=30))) & EDITED == expected


async def test_a_row_of_which_retention_dropped_all_that_was_taken_back_is_no_difference() -> None:
    world = World()
    bought_one = world.record(figures_of(EXAMPLE))
    world.record(bought_one._replace(transaction_amount=-5000, kickback_amount=-50, count_change=-1))
    await world.rebuild()
    assert (await world.check(retention=timedelta(days=30))).differences == []
    world.facts.purchases.clear()
    assert {one.kind for one in (await world.check()).differences} == {Kind.VIEW_SURPLUS}
    assert (await world.check(retention=timedelta(days=30))).differences == []


async def test_every_attribute_of_an_item_that_is_edited_is_found() -> None:
    whole = await reversals()
    for place, fact in enumerate(whole):
        if not isinstance(fact, StoredPurchase) or fact.reversal is None:
            continue
        for name in ("reversal_id", "count_change", "reason"):
            edited = replace(fact.reversal, **{name: _other(getattr(fact.reversal, name))})
            assert set(await kinds([*whole[:place], stored(edited), *whole[place + 1 :]])) & EDITED, name
        for field in fields(fact.reversal.line):
            value = _other(getattr(fact.reversal.line, field.name))
            if field.name in ("description", "channel", "occurred_at", "kickback_type"):
                continue  # an item of a reversal has none; the type is edited below
            edited = replace(fact.reversal, line=replace(fact.reversal.line, **{field.name: value}))
            assert set(await kinds([*whole[:place], stored(edited), *whole[place + 1 :]])) & EDITED, field.name
        line = replace(fact.reversal.line, kickback_type=KickbackType.CASHBACK)
        edited = replace(fact.reversal, line=line)
        assert set(await kinds([*whole[:place], stored(edited), *whole[place + 1 :]])) == {Kind.REVERSAL_WRONG}


async def test_every_number_of_a_step_that_is_edited_is_found() -> None:
    whole = await reversals()
    for place, fact in enumerate(whole):
        if isinstance(fact, Tally):
            for name in ("number", "amount", "kickback"):
                edited = replace(fact, **{name: getattr(fact, name) + 1})
                assert Kind.REVERSAL_SUM in await kinds([*whole[:place], edited, *whole[place + 1 :]])


async def test_every_figure_of_a_receipt_that_is_edited_is_found() -> None:
    whole = await reversals()
    for place, fact in enumerate(whole):
        if not isinstance(fact, Receipt):
            continue
        said = json.loads(fact.answer)
        changes: list[Receipt] = [
            replace(fact, answer=json.dumps({**said, name: _other(value)}).encode())
            for name, value in said.items()
            if name != "ledger"
        ]
        for name, value in (said["ledger"] or {}).items():
            ledger = {**said["ledger"], name: _other(value)}
            changes.append(replace(fact, answer=json.dumps({**said, "ledger": ledger}).encode()))
        changes += [
            replace(fact, id=CommandId(CommandKind.REVERSAL, fact.id.owner, ("other",))),
            replace(fact, created_at="2026-01-01T00:00:00.000000Z"),
            replace(fact, answer=b"{}"),
            replace(fact, account=None, version=None) if fact.account else replace(fact, account=ACCOUNT, version=1),
        ]
        for edited in changes:
            assert set(await kinds([*whole[:place], edited, *whole[place + 1 :]])) & EDITED, edited


def _other(value: Any) -> Any:
    """Another one of the same type."""
    match value:
        case int():
            return value + 1
        case str() | None:
            return f"{value or ''}1"
        case list():
            return [*value, *value]
        case _:
            return value + timedelta(days=1)
