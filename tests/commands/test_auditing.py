"""Each command that writes leaves one row of the audit trail, with its caller, in the same write; others leave none."""

from collections import deque
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.callers import Caller, called_by
from app.commands.auditing import about_command, about_purchases, action_of, done
from app.commands.define_benefit import Defining, define_benefit
from app.commands.record_group import record_group
from app.commands.redeem import redeem
from app.domain.benefits import Benefit
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.periods import utc_text
from app.ports.audit import AuditOutcome, AuditRow
from app.ports.errors import StoreUnavailable
from app.ports.ledger import CommandId, CommandKind
from app.retrying import Backoff
from tests.commands.posters import asked, earned, earned_long_ago, posting, use
from tests.commands.recorders import Waits, recording
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeBenefits, FakeFacts, Fault
from tests.maintenance.expiries import Accounts, at
from tests.purchases import EXAMPLE, NOW, purchase

SHOP = Caller("client:shop", "request-1", "Complaint 12")
QUIET = Caller("user:hanako", "request-2")
USER = f"user:{ACCOUNT.user_id}"


def left(facts: FakeFacts) -> list[tuple[str, str, tuple[str, ...]]]:
    """By whom, what, and about what."""
    return [(one.row.caller.actor, one.row.action, one.row.about) for one in facts.audit]


async def test_a_purchase() -> None:
    facts = FakeFacts()
    with called_by(SHOP):
        await record_group([EXAMPLE], {}, using=recording(facts))
        await record_group([EXAMPLE], {}, using=recording(facts))
        await record_group([replace(EXAMPLE, transaction_amount=1)], {}, using=recording(facts))
    (kept,) = facts.audit
    about = ("transaction:txn001", "user:user123")
    assert kept.row == AuditRow(utc_text(NOW), SHOP, "purchase.record", about, AuditOutcome.DONE)


async def test_a_group_has_one_about_all_of_it_and_only_those_that_were_written() -> None:
    facts = FakeFacts()
    await record_group([EXAMPLE], {}, using=recording(facts))
    group = [EXAMPLE, *[purchase(transaction_id=f"t{n}", user_id=f"u{n % 2}") for n in range(3)]]
    with called_by(SHOP):
        await record_group(group, {}, using=recording(facts))
    about = ("transaction:t0", "transaction:t1", "transaction:t2", "user:u0", "user:u1")
    assert left(facts)[1:] == [("client:shop", "purchase.record", about)]


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_write_that_does_not_come_to_be_leaves_none_and_one_that_does_leaves_one(fault: Fault) -> None:
    facts = FakeFacts(faults=_faults(fault))
    try:
        await record_group([EXAMPLE], {}, using=recording(facts))
    except StoreUnavailable:
        assert len(facts.audit) == (fault is Fault.LOST_RESPONSE)
    assert len(facts.audit) == len(facts.guards)
    earned(facts, 100)
    before = len(facts.audit)
    facts.faults.append(fault)
    try:
        await use(posting(facts), 10)
    except StoreUnavailable:
        assert len(facts.audit) - before == (fault is Fault.LOST_RESPONSE)
    assert len(facts.audit) - before == len(facts.receipts)


def _faults(fault: Fault) -> deque[Fault]:
    return deque([fault])


async def test_a_command_says_why_where_its_caller_does_not() -> None:
    facts = FakeFacts()
    earned(facts, 100)
    for number, caller in enumerate((SHOP, QUIET)):
        command = asked(CommandKind.REDEMPTION, f"r{number}", amount=1, reason="as agreed")
        with called_by(caller):
            await redeem(command, ACCOUNT, 1, using=posting(facts))
            await redeem(command, ACCOUNT, 1, using=posting(facts))
            await redeem(asked(CommandKind.REDEMPTION, "more", amount=10**6), ACCOUNT, 10**6, using=posting(facts))
    assert [one.row.caller for one in facts.audit] == [SHOP, replace(QUIET, reason="as agreed")]
    assert [one.row.about for one in facts.audit] == [(USER, f"redemption:r{number}") for number in range(2)]


async def test_what_is_booked_ahead_of_a_command_has_rows_of_its_own() -> None:
    facts = FakeFacts()
    earned_long_ago(facts, 50, 250)
    with called_by(SHOP):
        await use(posting(facts), 10)
    assert left(facts) == [
        *[("client:shop", "points.expire", (USER,))] * 3,
        ("client:shop", "points.redeem", (USER, "redemption:r1")),
    ]


async def test_a_benefit() -> None:
    facts = FakeFacts()
    tokens = iter("abcdef")
    backoff = Backoff(3, lambda: 0.5, sleep=Waits())
    using = Defining(FakeBenefits(facts), backoff, lambda: NOW, lambda: next(tokens), lambda: SHOP)
    benefit = Benefit("sign-up", "Sign-up", "SIGN_UP", KickbackType.POINT, 500)
    facts.faults.append(Fault.STALE)
    assert (await define_benefit(benefit, using=using)).written
    assert not (await define_benefit(benefit, using=using)).written
    assert left(facts) == [("client:shop", "benefit.define", ("benefit:sign-up",))]


async def test_the_nightly_job_names_itself() -> None:
    accounts = Accounts()
    await accounts.earn(5, date(2022, 10, 2))
    accounts.facts.audit.clear()
    accounts.moment = at("2022-10-09 12:00")
    await accounts.expire()
    await accounts.expire()
    (kept,) = accounts.facts.audit
    assert (kept.row.caller.actor, kept.row.action) == ("job:expire", "points.expire")
    assert kept.row.caller.request_id.startswith("token-")


COMMANDS = {
    CommandId(CommandKind.REDEMPTION, "u", ("r",)): ("points.redeem", ["user:u", "redemption:r"]),
    CommandId(CommandKind.CANCELLATION, "u", ("r", "c")): (
        "redemption.cancel",
        ["user:u", "redemption:r", "cancellation:c"],
    ),
    CommandId(CommandKind.CLOSURE, "u", ("z",)): ("account.close", ["user:u", "closure:z"]),
    CommandId(CommandKind.ADJUSTMENT, "u", ("a",)): ("points.adjust", ["user:u", "adjustment:a"]),
    CommandId(CommandKind.EXERCISE, "u", ("b", "e")): ("benefit.exercise", ["user:u", "benefit:b", "exercise:e"]),
    CommandId(CommandKind.REVERSAL, "t", ("v",)): ("purchase.reverse", ["transaction:t", "reversal:v", "user:u"]),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_each_kind_of_command_is_about(command: CommandId) -> None:
    accounts = [Account("u", kind) for kind in KickbackType]
    assert (action_of(command), about_command(command, accounts)) == COMMANDS[command]


def test_every_kind_has_a_name() -> None:
    assert {one.kind for one in COMMANDS} == set(CommandKind) - {CommandKind.SET_OFF}


def test_every_part_of_a_row_is_in_its_hash() -> None:
    row = done("points.redeem", about_purchases([EXAMPLE]), caller=SHOP, at=NOW)
    others = [
        replace(row, at=utc_text(NOW + timedelta(microseconds=1))),
        replace(row, action="points.adjust"),
        replace(row, outcome=AuditOutcome.BEGUN),
        replace(row, about=row.about[::-1]),
        replace(row, about=row.about[:1]),
        replace(row, about=()),
        replace(row, about=(*row.about[:1], "\n".join(("user:user123", "x")))),
        replace(row, about=row.about[:1], caller=replace(SHOP, reason="user:user123\nComplaint 12")),
        replace(row, caller=replace(SHOP, actor="client:other")),
        replace(row, caller=replace(SHOP, request_id="other")),
        replace(row, caller=replace(SHOP, reason=None)),
        replace(row, caller=replace(SHOP, reason="another")),
    ]
    assert len({one.hash for one in (row, *others)}) == len(others) + 1
    assert row.hash == replace(row).hash
