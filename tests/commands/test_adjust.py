"""An administrator puts an account right."""

import json
from datetime import date
from typing import Any

import pytest

from app.commands.posting import Carried, Outcome, Unmet
from app.domain.decisions.following import Insufficient
from app.domain.journal import EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.lots import Lot
from tests.commands.posters import FAR, checked, earned, posting, put_right
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeFacts

# NOW is 2026-11-22 in Tokyo.
HALF_A_YEAR_LATER = date(2027, 5, 21)


def answer(outcome: Outcome) -> dict[str, Any]:
    assert isinstance(outcome, Carried), outcome
    found: dict[str, Any] = json.loads(outcome.receipt.answer)
    return found


@pytest.mark.parametrize(
    ("expires_on", "kept", "rule"),
    [
        (None, HALF_A_YEAR_LATER, "180 days"),
        (date(2026, 12, 24), date(2026, 12, 24), "until 2026-12-24"),
        (date(2026, 11, 22), date(2026, 11, 22), "until 2026-11-22"),
    ],
)
async def test_what_comes_in_is_a_lot_of_its_own(expires_on: date | None, kept: date, rule: str) -> None:
    facts = FakeFacts()
    earned(facts, 10, expires_on=HALF_A_YEAR_LATER)
    adjusted = answer(await put_right(posting(facts), 5, expires_on=expires_on))
    assert adjusted["ledger"]["allocations"] == [{"lot": f"ADJUSTMENT:{kept}", "amount": 5}]
    entry = checked(facts)[-1]
    assert (entry.kind, entry.rule, entry.balance) == (EntryKind.ADJUST, rule, 15)
    assert Lot("ADJUSTMENT", kept, 5, 5) in entry.lots
    assert entry.postings == (Posting("5210", 5, 0), Posting("2110", 0, 5))


async def test_by_the_rule_of_its_type() -> None:
    miles = Account(ACCOUNT.user_id, KickbackType.MILE)
    facts = FakeFacts()
    adjusted = answer(await put_right(posting(facts), 5, account=miles))
    assert adjusted["ledger"]["allocations"] == [{"lot": "ADJUSTMENT:NEVER", "amount": 5}]
    assert checked(facts, [miles])[-1].rule == "never"


async def test_what_would_be_over_already_is_refused() -> None:
    facts = FakeFacts()
    assert await put_right(posting(facts), 5, expires_on=date(2026, 11, 21)) == Unmet("expiresOn is today or later")
    assert not facts.entries


async def test_what_goes_out_is_taken_soonest_expiry_first() -> None:
    facts = FakeFacts()
    earned(facts, 10, expires_on=FAR)
    earned(facts, 10, expires_on=date(2026, 12, 1))
    adjusted = answer(await put_right(posting(facts), -15))
    assert adjusted["ledger"]["allocations"] == [
        {"lot": "PURCHASE:2026-12-01", "amount": -10},
        {"lot": "PURCHASE:2027-05-01", "amount": -5},
    ]
    entry = checked(facts)[-1]
    assert (entry.kind, entry.amount, entry.balance) == (EntryKind.ADJUST, -15, 5)
    assert entry.postings == (Posting("2110", 15, 0), Posting("5210", 0, 15))


async def test_no_more_goes_out_than_there_is() -> None:
    facts = FakeFacts()
    earned(facts, 10)
    assert await put_right(posting(facts), -11) == Insufficient(10, 1)
    assert len(checked(facts)) == 1
