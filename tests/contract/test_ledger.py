"""The Ledger port: passbooks that are only added to, commands all or nothing and once."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.domain.decisions.following import Moment
from app.domain.decisions.use import Use, decide_use
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.errors import StoreRefused
from app.ports.ledger import (
    CommandId,
    CommandKind,
    Happened,
    Ledger,
    NewCommand,
    NotAppended,
    Receipt,
    Tally,
    TallyId,
)
from app.ports.transactions import MAX_ACTIONS, Appended
from tests.audit_rows import row
from tests.contract.stores import Stores
from tests.domain.passbooks import ACCOUNT, AT, TOKYO, earning, passbook, tip_of

COMMAND = CommandId(CommandKind.REDEMPTION, "user123", ("r1",))
STEPS = TallyId(CommandKind.CANCELLATION, "user123", ("r1",))


def token() -> str:
    return str(uuid4())


def book(count: int, account: Account = ACCOUNT) -> list[LedgerEntry]:
    """One a minute."""
    return passbook(
        [
            earning(
                1, account=account, expires_on=None, at=AT + timedelta(minutes=number), cause=f"TRANSACTION#{number}"
            )
            for number in range(count)
        ]
    )


def receipt(command: CommandId = COMMAND, **changes: object) -> Receipt:
    one = Receipt(command, "f" * 64, "2026-01-01T00:00:00.000000Z", '{"名":"値"}'.encode(), ACCOUNT, 1)
    return replace(one, **changes)  # type: ignore[arg-type]  # whatever a test changes


async def write(ledger: Ledger, entries: list[LedgerEntry]) -> None:
    for start in range(0, len(entries), MAX_ACTIONS):
        command = NewCommand(tuple(entries[start : start + MAX_ACTIONS]))
        assert await ledger.append(command, audit=row(), token=token()) == Appended()


async def test_of_an_empty_account_there_is_nothing(stores: Stores) -> None:
    ledger = stores.ledger
    assert await ledger.head(ACCOUNT) is None
    assert await ledger.tip(ACCOUNT) is None
    assert await ledger.heads("user123") == {}
    assert await ledger.entry(ACCOUNT, 1) is None
    assert list(await ledger.newest_first(ACCOUNT, limit=5)) == []
    assert list(await ledger.oldest_first(ACCOUNT, limit=5, since=1)) == []
    assert list(await ledger.happened(ACCOUNT, until="9999")) == []
    assert await ledger.receipt(COMMAND) is None
    assert await ledger.tally(STEPS) is None


async def test_pages_are_the_book_cut(stores: Stores) -> None:
    entries = book(25)
    others = book(3, Account("user123", KickbackType.MILE)) + book(2, Account("user1234", KickbackType.POINT))
    await write(stores.ledger, entries)
    for one in others:
        await write(stores.ledger, [one])
    ledger = stores.ledger
    assert await ledger.head(ACCOUNT) == entries[-1]
    assert await ledger.heads("user123") == {KickbackType.POINT: entries[-1], KickbackType.MILE: others[2]}
    assert list(await ledger.heads("user123")) == [KickbackType.POINT, KickbackType.MILE]
    for limit in (1, 2, 24, 25, 26):
        assert list(await ledger.newest_first(ACCOUNT, limit=limit)) == entries[::-1][:limit]
        assert list(await ledger.newest_first(ACCOUNT, limit=limit, before=11)) == entries[:10][::-1][:limit]
        assert list(await ledger.oldest_first(ACCOUNT, limit=limit, since=11)) == entries[10:][:limit]
    assert list(await ledger.newest_first(ACCOUNT, limit=3, before=1)) == []
    assert list(await ledger.oldest_first(ACCOUNT, limit=3, since=26)) == []
    for version in (1, 13, 25):
        assert await ledger.entry(ACCOUNT, version) == entries[version - 1]
    assert await ledger.entry(ACCOUNT, 26) is None


async def test_an_entry_with_everything_is_read_back(stores: Stores) -> None:
    first = passbook([earning(50), earning(20, expires_on=date(2023, 6, 1), source="BENEFIT:b"), earning(1)])
    late = replace(earning(7), moment=Moment(AT - timedelta(days=3), AT, TOKYO))
    entries = passbook([earning(50), earning(20, expires_on=date(2023, 6, 1), source="BENEFIT:b"), late])
    used = decide_use(entries[-1], Use(ACCOUNT, 30, "REDEMPTION#r1", Moment(AT, AT, TOKYO)))
    assert isinstance(used, list)
    owing = replace(used[0], version=used[0].version + 1, deficit=5)
    assert len(first) == len(entries)
    for one in [*entries, *used, owing]:
        await write(stores.ledger, [one])
        assert await stores.ledger.tip(ACCOUNT) == tip_of(one)
    assert late.moment.effective < entries[-1].posted_at
    assert list(await stores.ledger.oldest_first(ACCOUNT, limit=9, since=1)) == [*entries, *used, owing]


async def test_what_happened_is_found_by_time_latest_first(stores: Stores) -> None:
    late = replace(earning(7), moment=Moment(AT + timedelta(seconds=90), AT + timedelta(hours=1), TOKYO))
    entries = book(5)
    entries += passbook(
        [*(earning(1, expires_on=None, at=AT + timedelta(minutes=n), cause=f"TRANSACTION#{n}") for n in range(5)), late]
    )[5:]
    await write(stores.ledger, entries)
    happened = [Happened(one.effective_at, one.posted_at, one.version) for one in entries]
    in_order = sorted(happened, key=lambda one: (one.effective_at, one.version), reverse=True)
    assert happened[5].posted_at > happened[5].effective_at
    assert list(await stores.ledger.happened(ACCOUNT, until="9999")) == in_order
    for first in range(6):
        for last in range(first, 6):
            since, until = in_order[last].effective_at, in_order[first].effective_at
            wanted = in_order[first : last + 1]
            assert list(await stores.ledger.happened(ACCOUNT, until=until, since=since)) == wanted
            assert list(await stores.ledger.happened(ACCOUNT, until=until, since=since, limit=2)) == wanted[:2]


async def test_a_command_is_written_with_its_receipt_and_its_step(stores: Stores) -> None:
    (entry,) = book(1)
    command = NewCommand((entry,), receipt(), (Tally(STEPS, 1, 30, 3),))
    assert await stores.ledger.append(command, audit=row(), token=token()) == Appended()
    assert await stores.ledger.head(ACCOUNT) == entry
    assert await stores.ledger.receipt(COMMAND) == receipt()
    assert await stores.ledger.tally(STEPS) == Tally(STEPS, 1, 30, 3)


@pytest.mark.parametrize(
    "command",
    [
        CommandId(CommandKind.REDEMPTION, "user123", ("r2",)),
        CommandId(CommandKind.REDEMPTION, "user124", ("r1",)),
        CommandId(CommandKind.CANCELLATION, "user123", ("r1", "c1")),
        CommandId(CommandKind.CLOSURE, "user123", ("r1",)),
        CommandId(CommandKind.ADJUSTMENT, "user123", ("r1",)),
        CommandId(CommandKind.EXERCISE, "user123", ("b1", "r1")),
        CommandId(CommandKind.REVERSAL, "user123", ("r1",)),
    ],
)
async def test_ids_are_good_within_their_owner_and_kind(stores: Stores, command: CommandId) -> None:
    bare = receipt(command, account=None, version=None)
    for one in (receipt(), bare):
        assert await stores.ledger.append(NewCommand((), one), audit=row(), token=token()) == Appended()
    assert await stores.ledger.receipt(command) == bare
    assert await stores.ledger.receipt(COMMAND) == receipt()


async def test_the_newest_step_is_told(stores: Stores) -> None:
    other = TallyId(CommandKind.CANCELLATION, "user123", ("r11",))
    whole = TallyId(CommandKind.REVERSAL, "txn001")
    for tally in (STEPS, whole):
        for number in range(1, 13):
            command = NewCommand((), None, (Tally(tally, number, number * 10, number),))
            assert await stores.ledger.append(command, audit=row(), token=token()) == Appended()
        assert await stores.ledger.tally(tally) == Tally(tally, 12, 120, 12)
    assert await stores.ledger.tally(other) is None


async def test_a_used_id_is_refused_with_its_receipt_and_nothing_is_written(stores: Stores) -> None:
    first, second = book(2)
    await stores.ledger.append(NewCommand((first,), receipt()), audit=row(), token=token())
    again = NewCommand((second,), receipt(fingerprint="e" * 64), (Tally(STEPS, 1, 5),))
    assert await stores.ledger.append(again, audit=row(), token=token()) == NotAppended(receipt())
    assert await stores.ledger.head(ACCOUNT) == first
    assert await stores.ledger.tally(STEPS) is None


@pytest.mark.parametrize("taken", ["entry", "step"])
async def test_what_somebody_else_wrote_is_decided_again_and_nothing_is_written(stores: Stores, taken: str) -> None:
    first, second = book(2)
    await stores.ledger.append(NewCommand((first,), None, (Tally(STEPS, 1, 5),)), audit=row(), token=token())
    entry, number = (first, 2) if taken == "entry" else (second, 1)
    command = NewCommand((entry,), receipt(), (Tally(STEPS, number, 9),))
    assert await stores.ledger.append(command, audit=row(), token=token()) == NotAppended(None)
    assert await stores.ledger.receipt(COMMAND) is None
    assert await stores.ledger.head(ACCOUNT) == first
    assert await stores.ledger.tally(STEPS) == Tally(STEPS, 1, 5)


async def test_the_same_call_with_the_same_token_counts_once(stores: Stores) -> None:
    (entry,), audit, once = book(1), row(), token()
    command = NewCommand((entry,), receipt(), (Tally(STEPS, 1, 5),))
    for _ in range(3):
        assert await stores.ledger.append(command, audit=audit, token=once) == Appended()
    assert await stores.ledger.append(command, audit=row(), token=token()) == NotAppended(receipt())


async def test_a_write_has_1_to_99_items_beside_its_row(stores: Stores) -> None:
    entries = book(100)
    for wrong in (NewCommand(()), NewCommand(tuple(entries)), NewCommand(tuple(entries[:99]), receipt())):
        with pytest.raises(StoreRefused):
            await stores.ledger.append(wrong, audit=row(), token=token())
    assert await stores.ledger.head(ACCOUNT) is None
    largest = NewCommand(tuple(entries[:98]), receipt())
    assert await stores.ledger.append(largest, audit=row(), token=token()) == Appended()


async def test_of_many_writers_at_once_exactly_one_gets_a_version(stores: Stores) -> None:
    (entry,) = book(1)
    commands = [NewCommand((entry,), receipt(replace(COMMAND, ids=(f"r{number}",)))) for number in range(12)]
    answers = await asyncio.gather(*(stores.ledger.append(one, audit=row(), token=token()) for one in commands))
    assert answers.count(Appended()) == 1
    assert answers.count(NotAppended(None)) == 11
    found = [await stores.ledger.receipt(one.receipt.id) for one in commands if one.receipt is not None]
    assert sum(one is not None for one in found) == 1


async def test_of_one_command_sent_many_times_at_once_one_is_carried_out(stores: Stores) -> None:
    entries = book(2)
    commands = [NewCommand((entry,), receipt()) for entry in entries for _ in range(6)]
    answers = await asyncio.gather(*(stores.ledger.append(one, audit=row(), token=token()) for one in commands))
    assert answers.count(Appended()) == 1
    assert {one for one in answers if one != Appended()} <= {NotAppended(receipt()), NotAppended(None)}


@pytest.mark.parametrize("length", [1, 1024, 1025, 30_000])
async def test_answers_of_any_length_come_back_as_they_were(stores: Stores, length: int) -> None:
    kept = replace(receipt(), answer=("ポ" + "x" * length).encode())
    assert await stores.ledger.append(NewCommand((), kept), audit=row(), token=token()) == Appended()
    assert await stores.ledger.receipt(kept.id) == kept
    assert await stores.ledger.append(NewCommand((), kept), audit=row(), token=token()) == NotAppended(kept)
