"""Explanations of what is damaged, and of what is not there any more."""

from dataclasses import replace

import pytest

from app.api.explanation_documents import transaction_explanation
from app.domain.explanations import LotChange
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.errors import StoreUnavailable
from app.ports.ledger import CommandId, CommandKind, Receipt, Tally, TallyId
from app.queries.explanations import Cause, Explaining, command_of
from tests.audit_rows import row
from tests.domain.passbooks import ACCOUNT, TOKYO, earning, passbook
from tests.fakes import FakeFacts, FakeLedger, FakeTransactions
from tests.purchases import EXAMPLE, new_transaction, purchase


def explaining(facts: FakeFacts) -> Explaining:
    return Explaining(FakeTransactions(facts), FakeLedger(facts))


def facts_of(entries: list[LedgerEntry]) -> FakeFacts:
    facts = FakeFacts()
    facts.entries.update({(one.account, one.version): one for one in entries})
    return facts


async def recorded() -> FakeFacts:
    facts = FakeFacts()
    await FakeTransactions(facts).append([new_transaction(EXAMPLE)], audit=row(), token="t")
    return facts


@pytest.mark.parametrize(
    "command",
    [
        CommandId(CommandKind.REDEMPTION, "user123", ("r1",)),
        CommandId(CommandKind.CANCELLATION, "user123", ("r1", "c1")),
        CommandId(CommandKind.CLOSURE, "user123", ("x:y",)),
        CommandId(CommandKind.ADJUSTMENT, "user123", ("a1",)),
        CommandId(CommandKind.EXERCISE, "user123", ("video", "e1")),
        CommandId(CommandKind.REVERSAL, "txn001", ("v1",)),
    ],
)
async def test_a_cause_leads_to_its_receipt(command: CommandId) -> None:
    assert command_of(command.cause, "user123") == command
    (entry,) = passbook([earning(cause=command.cause)])
    facts = facts_of([entry])
    assert await explaining(facts).cause(entry) == Cause(command.kind.value)
    receipt = Receipt(command, "f", "2023-05-01T12:34:57.000000Z", b"{}", ACCOUNT, 1)
    facts.receipts[command] = receipt
    assert await explaining(facts).cause(entry) == Cause(command.kind.value, receipt=receipt)


async def test_a_purchase_that_retention_dropped() -> None:
    facts = await recorded()
    entry = facts.entries[ACCOUNT, 1]
    assert await explaining(facts).cause(entry) == Cause("TRANSACTION", purchase=EXAMPLE)
    facts.purchases.clear()
    assert await explaining(facts).cause(entry) == Cause("TRANSACTION")
    assert await explaining(facts).transaction("txn001") is None


async def test_each_entry_with_the_one_before_it() -> None:
    entries = passbook([earning(n, cause=f"TRANSACTION#t{n}") for n in range(1, 5)])
    facts = facts_of(entries)
    for before, entry in zip([None, *entries], entries, strict=False):
        explained = await explaining(facts).entry(ACCOUNT, entry.version)
        assert explained is not None
        assert (explained.entry, explained.before, explained.chain.follows) == (entry, before, True)
        assert explained.chain.is_intact
    assert await explaining(facts).entry(ACCOUNT, 5) is None
    assert await explaining(facts).entry(Account("user123", KickbackType.MILE), 1) is None
    assert facts.calls == {"oldest_first": 6}


async def test_an_edited_and_a_missing_entry() -> None:
    entries = passbook([earning(n, cause=f"TRANSACTION#t{n}") for n in range(1, 5)])
    facts = facts_of(entries)
    facts.entries[ACCOUNT, 2] = replace(entries[1], amount=9)
    edited = await explaining(facts).entry(ACCOUNT, 2)
    assert edited is not None
    assert (edited.chain.is_intact, edited.chain.follows) == (False, True)
    assert not all(one.adds_up for one in (await _changed(facts, 2, remaining=99)))
    del facts.entries[ACCOUNT, 2]
    following = await explaining(facts).entry(ACCOUNT, 3)
    assert following is not None
    assert (following.before, following.chain.previous, following.chain.follows) == (None, None, False)
    assert following.chain.is_intact
    assert await explaining(facts).entry(ACCOUNT, 2) is None


async def _changed(facts: FakeFacts, version: int, *, remaining: int) -> list[LotChange]:
    entry = facts.entries[ACCOUNT, version]
    facts.entries[ACCOUNT, version] = replace(entry, lots=(entry.lots[0]._replace(remaining=remaining),))
    explained = await explaining(facts).entry(ACCOUNT, version)
    assert explained is not None
    return explained.changes


async def test_a_purchase_whose_entry_is_missing_says_so() -> None:
    facts = await recorded()
    facts.entries.clear()
    explained = await explaining(facts).transaction("txn001")
    assert explained is not None
    document = transaction_explanation(explained, TOKYO)
    assert document["entry"] is None
    assert "The ledger entry that it earned is missing." in document["text"]


async def test_a_purchase_and_what_reversals_took_back() -> None:
    facts = await recorded()
    assert await explaining(facts).transaction("nothing") is None
    counter = TallyId(CommandKind.REVERSAL, "txn001")
    for number, (amount, kickback) in enumerate([(1000, 10), (1999, 20)], start=1):
        facts.tallies[counter, number] = Tally(counter, number, amount, kickback)
    explained = await explaining(facts).transaction("txn001")
    assert explained is not None
    assert (explained.reversed, explained.purchase) == (Tally(counter, 2, 1999, 20), purchase())
    document = transaction_explanation(explained, TOKYO)
    assert document["reversed"] == {"count": 2, "amount": 1999, "kickbackAmount": 20, "left": 3001}


async def test_no_answer_is_no_explanation() -> None:
    facts = await recorded()
    facts.down = True
    with pytest.raises(StoreUnavailable):
        await explaining(facts).transaction("txn001")
