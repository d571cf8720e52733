"""`kickbacks expire` as people run it: killed in the middle, run again, and by two at once."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.bootstrap.rebuilding import fact_scan_of
from app.domain.decisions.earn import decide_earn
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.audit import KeptRow
from app.ports.ledger import NewCommand
from app.ports.transactions import MAX_ACTIONS, Appended
from app.settings import Settings
from app.store.database import Database
from app.store.due import DynamoDue
from app.store.ledger import DynamoLedger
from tests.audit_rows import row
from tests.domain.passbooks import earning, findings
from tests.e2e.commands import run_kickbacks

LAST = date(2024, 1, 10)
EARNED = datetime(2024, 1, 1, tzinfo=UTC)
ACCOUNTS = [Account(f"user{number}", KickbackType.POINT) for number in range(150)]
COMMAND = ("expire", "--json", "--until", "2024-01-31T12:00:00+09:00")


async def test_killed_run_again_and_twice_at_once(
    make_settings: Callable[..., Awaitable[Settings]], client: Any
) -> None:
    settings = await make_settings(due_shards=4)
    database = Database(client, settings.facts_table)
    due, ledger = DynamoDue(database, settings.due_shards), DynamoLedger(database, settings.due_shards)
    await due.note_done(date(2023, 12, 31))
    earned = [decide_earn(None, earning(7, account=one, expires_on=LAST, at=EARNED))[0] for one in ACCOUNTS]
    for start in range(0, len(earned), MAX_ACTIONS):
        chunk = NewCommand(tuple(earned[start : start + MAX_ACTIONS]))
        assert await ledger.append(chunk, audit=row(), token=str(uuid4())) == Appended()
    environment = {"ENVIRONMENT": "local", "FACTS_TABLE": settings.facts_table, "DUE_SHARDS": "4"}

    killed = await kill_in_the_middle({**environment, "SHARD_CONCURRENCY": "1"}, ledger)
    assert 0 < killed < len(ACCOUNTS)
    assert await due.done_through() == date(2023, 12, 31)

    runs = await asyncio.gather(*(run_kickbacks(environment, *COMMAND) for _ in range(2)))
    reports = [json.loads(said) for code, said in runs if code == 0]
    assert len(reports) == 2, runs
    assert sum(one["entries"] for one in reports) == len(ACCOUNTS) - killed
    assert sum(one["expired"]["POINT"] for one in reports) == 7 * (len(ACCOUNTS) - killed)
    assert {one["doneThrough"] for one in reports} == {"2024-01-31"}

    books: dict[Account, list[LedgerEntry]] = {one: [] for one in ACCOUNTS}
    scan = fact_scan_of(settings, client)
    for segment in range(scan.segments):
        async for page in scan.facts(segment):
            for fact in page:
                assert isinstance(fact, LedgerEntry | KeptRow), "nothing else is there, and nothing unreadable"
                if isinstance(fact, LedgerEntry):
                    books[fact.account].append(fact)
    for book in books.values():
        book.sort(key=lambda one: one.version)
        assert findings(book) == []
        assert [(one.amount, one.effective_at) for one in book[1:]] == [(-7, "2024-01-10T15:00:00.000000Z")]


async def kill_in_the_middle(environment: dict[str, str], ledger: DynamoLedger) -> int:
    """Ends the command without a chance to finish, as soon as it has done something. How many accounts it has done."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "kickbacks"),
        *COMMAND,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(120):
        while not await done(ledger, ACCOUNTS[:8]):
            assert process.returncode is None
            await asyncio.sleep(0.005)
    process.kill()
    await process.wait()
    return await done(ledger, ACCOUNTS)


async def done(ledger: DynamoLedger, accounts: list[Account]) -> int:
    """How many have expired."""
    heads = [await ledger.head(one) for one in accounts]
    return sum(one is not None and one.balance == 0 for one in heads)
