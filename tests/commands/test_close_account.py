"""A user leaves: everything expires at once, and nothing is forgotten."""

import json
from datetime import date
from typing import Any

from app.commands.posting import Carried, IdTaken, Outcome
from app.domain.decisions.following import Insufficient
from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from tests.commands.posters import checked, close, earned, posting, use
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeFacts

ACCOUNTS = [Account(ACCOUNT.user_id, kind) for kind in KickbackType]
POINTS, MILES, CASHBACK = ACCOUNTS


def expired(outcome: Outcome) -> Any:
    assert isinstance(outcome, Carried), outcome
    return json.loads(outcome.receipt.answer)["expired"]


async def test_all_accounts_at_once() -> None:
    facts = FakeFacts()
    earned(facts, 10, account=POINTS)
    earned(facts, 5, account=POINTS, expires_on=date(2026, 12, 1))
    earned(facts, 7, account=CASHBACK, expires_on=None)
    assert expired(await close(posting(facts))) == [
        {"type": "POINT", "amount": 15, "version": 3, "balance": 0},
        {"type": "CASHBACK", "amount": 7, "version": 2, "balance": 0},
    ]
    assert [entry.kind for entry in checked(facts, ACCOUNTS)] == [EntryKind.EARN, EntryKind.EARN, EntryKind.EXPIRE]
    assert facts.calls["append"] == 1


async def test_what_is_over_already_expires_by_itself() -> None:
    facts = FakeFacts()
    earned(facts, 10)
    earned(facts, 5, expires_on=date(2026, 11, 21))
    assert expired(await close(posting(facts))) == [{"type": "POINT", "amount": 10, "version": 4, "balance": 0}]
    assert [entry.cause for entry in checked(facts)[2:]] == ["EXPIRY#2026-11-21", "CLOSURE#l1"]


async def test_somebody_who_has_nothing() -> None:
    facts = FakeFacts()
    first = await close(posting(facts))
    assert expired(first) == []
    assert not facts.entries
    assert isinstance(first, Carried)
    assert await close(posting(facts)) == Carried(first.receipt, replayed=True)


async def test_afterwards_there_is_nothing_to_use_and_earning_begins_anew() -> None:
    facts = FakeFacts()
    earned(facts, 10)
    await close(posting(facts))
    assert await use(posting(facts), 1) == Insufficient(0, 1)
    earned(facts, 3)
    assert isinstance(await use(posting(facts), 3), Carried)
    assert expired(await close(posting(facts), "again")) == []
    assert await close(posting(facts), "again") != IdTaken()
