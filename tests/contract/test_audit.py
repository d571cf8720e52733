"""The audit trail and its seals: what holds on the fake and on the real DynamoDB Local."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from app.callers import Caller
from app.domain.audit_seals import Digest, Seal, next_seal
from app.domain.benefits import Benefit, DefinedBenefit
from app.domain.kickbacks import KickbackType
from app.domain.periods import utc_text
from app.ports.audit import AuditOutcome, AuditQuery, AuditRow, AuditRows, AuditTrail, KeptRow, Seals
from app.ports.ledger import CommandId, CommandKind, NewCommand, NotAppended, Receipt
from app.ports.pages import Position
from app.ports.transactions import Refused
from app.settings import Settings
from app.store.audit import DynamoAuditRows, DynamoAuditTrail
from app.store.audit_codec import audit_item
from app.store.audit_hours import hours_with_rows
from app.store.audit_rows import ShardedTrail
from app.store.benefits import DynamoBenefits
from app.store.database import Database, Put
from app.store.ledger import DynamoLedger
from app.store.seals import DynamoSeals
from app.store.sharding import ShardCounts
from app.store.transactions import DynamoTransactions
from tests.audit_rows import START, row, rows
from tests.fakes.audit import FakeAudit, FakeSeals
from tests.purchases import EXAMPLE, new_transaction

DAY = (utc_text(START - timedelta(hours=3)), utc_text(START + timedelta(hours=10)))
ALL_DAY = AuditQuery(*DAY)
REDEMPTION = CommandId(CommandKind.REDEMPTION, "user123", ("r1",))


@dataclass(frozen=True, slots=True)
class Trail:
    """The ports on one storage."""

    trail: AuditTrail
    rows: AuditRows
    seals: Seals

    async def append(self, *several: AuditRow) -> None:
        await asyncio.gather(*(self.trail.append(one) for one in several))

    async def all(self, since: str = DAY[0], until: str = DAY[1]) -> list[KeptRow]:
        return [one async for page in self.rows.rows(since, until) for one in page]


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def make_trail(request: pytest.FixtureRequest) -> Callable[[int], Awaitable[Trail]]:
    """Makes an empty storage with so many shards."""
    if request.param == "fake":

        async def make_fake(_: int) -> Trail:
            audit = FakeAudit()
            return Trail(audit, audit, FakeSeals())

        return make_fake
    client: Any = request.getfixturevalue("client")
    make_settings: Callable[..., Awaitable[Settings]] = request.getfixturevalue("make_settings")

    async def make(shards: int) -> Trail:
        database = Database(client, (await make_settings(stream=False)).facts_table)
        seals = DynamoSeals(database)
        reading = DynamoAuditRows(ShardedTrail(database, shards, asyncio.Semaphore(16)), seals)
        return Trail(DynamoAuditTrail(database, shards), reading, seals)

    return make


async def test_a_row_comes_back_as_it_was(make_trail: Callable[[int], Awaitable[Trail]]) -> None:
    trail = await make_trail(4)
    plain = row()
    full = AuditRow(
        utc_text(START + timedelta(seconds=1)),
        Caller("user:花子", "r-1", '二重計上の訂正 \\ "quoted"'),
        "GET /users/{id}/ledger",
        ("user:hanako", "card:card_x", "user:hanako"),
        AuditOutcome.SHOWN,
    )
    nothing = replace(full, about=(), outcome=AuditOutcome.BEGUN)
    await trail.append(plain, full, nothing)
    found = await trail.all()
    assert sorted(found, key=lambda one: one.hash) == sorted(
        [KeptRow(one, one.hash) for one in (plain, full, nothing)], key=lambda one: one.hash
    )


async def test_a_row_written_twice_is_one(make_trail: Callable[[int], Awaitable[Trail]]) -> None:
    trail = await make_trail(4)
    once = row()
    await trail.append(once)
    await trail.append(once)
    assert await trail.all() == [KeptRow(once, once.hash)]


@pytest.mark.parametrize("shards", [1, 16])
async def test_all_rows_between_two_instants_come_once_and_in_order(
    shards: int, make_trail: Callable[[int], Awaitable[Trail]]
) -> None:
    trail = await make_trail(shards)
    start = START - timedelta(hours=2)
    written = rows(60, start=start, apart=timedelta(minutes=5))
    await trail.append(*Random(7).sample(written, len(written)))
    assert [one.row for one in await trail.all()] == written
    for first, last in ((0, 0), (0, 1), (3, 30), (11, 12), (12, 13), (59, 60), (20, 60)):
        since, until = (utc_text(start + timedelta(minutes=5 * at)) for at in (first, last))
        assert [one.row for one in await trail.all(since, until)] == written[first:last]
    assert await trail.all(DAY[1], utc_text(START + timedelta(days=2))) == []


async def test_rows_of_one_instant_have_an_order_of_their_own(make_trail: Callable[[int], Awaitable[Trail]]) -> None:
    trail = await make_trail(16)
    written = [row(request_id=f"r{number:02d}") for number in range(30)]
    await trail.append(*written)
    assert [one.row for one in await trail.all()] == written


@pytest.mark.parametrize("limit", [1, 7, 200])
async def test_a_walk_over_pages_is_everything_newest_first(
    limit: int, make_trail: Callable[[int], Awaitable[Trail]]
) -> None:
    trail = await make_trail(8)
    written = rows(41, start=START - timedelta(hours=1), apart=timedelta(minutes=4))
    await trail.append(*written)
    pages = await _walk(trail, ALL_DAY, limit)
    assert [one.row for page in pages for one in page] == written[::-1]
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


async def test_a_page_shows_who_and_what_was_asked_for(make_trail: Callable[[int], Awaitable[Trail]]) -> None:
    trail = await make_trail(4)
    mine = [row(START + timedelta(minutes=at), actor="user:hanako", about=(f"user:{at}",)) for at in range(9)]
    others = [row(START + timedelta(minutes=at), about=("user:3", "user:33")) for at in range(9)]
    await trail.append(*mine, *others)
    by_hanako = [one for page in await _walk(trail, replace(ALL_DAY, actor="user:hanako"), 4) for one in page]
    assert [one.row for one in by_hanako] == mine[::-1]
    about = [one for page in await _walk(trail, replace(ALL_DAY, about="user:3"), 4) for one in page]
    assert {one.row for one in about} == {mine[3], *others}
    both = replace(ALL_DAY, actor="user:hanako", about="user:3")
    assert [one.row for page in await _walk(trail, both, 4) for one in page] == [mine[3]]
    assert await _walk(trail, replace(ALL_DAY, about="user:"), 4) == [[]]


async def test_a_page_has_both_ends_of_its_range_and_nothing_beyond(
    make_trail: Callable[[int], Awaitable[Trail]],
) -> None:
    trail = await make_trail(4)
    written = rows(10, apart=timedelta(hours=1))
    await trail.append(*written)
    range_of_it = AuditQuery(written[2].at, written[5].at)
    assert [one.row for page in await _walk(trail, range_of_it, 2) for one in page] == written[2:6][::-1]


async def test_rows_that_come_during_a_walk_are_not_in_it(make_trail: Callable[[int], Awaitable[Trail]]) -> None:
    trail = await make_trail(4)
    written = rows(6)
    await trail.append(*written)
    first = await trail.rows.page(ALL_DAY, limit=3, after=None)
    await trail.append(*rows(6, start=START + timedelta(minutes=1)))
    rest = await trail.rows.page(ALL_DAY, limit=10, after=first.next_position)
    assert [one.row for one in (*first.rows, *rest.rows)] == written[::-1]


async def test_seals_are_added_once_each_and_read_by_number(make_trail: Callable[[int], Awaitable[Trail]]) -> None:
    trail = await make_trail(4)
    assert await trail.seals.newest() is None
    assert [one async for page in trail.seals.all() for one in page] == []
    chain: list[Seal] = []
    for number in range(12):
        since, until = (utc_text(START + timedelta(hours=at)) for at in (number, number + 1))
        seal = next_seal(chain[-1] if chain else None, since=since, until=until, rows=Digest())
        assert await trail.seals.add(seal)
        assert not await trail.seals.add(replace(seal, count=99))
        chain.append(seal)
    assert await trail.seals.newest() == chain[-1]
    assert [one async for page in trail.seals.all() for one in page] == chain


@pytest.mark.parametrize("removed", [0, 6])
async def test_seals_are_read_back_from_any_instant(
    removed: int, make_trail: Callable[[int], Awaitable[Trail]]
) -> None:
    trail = await make_trail(4)
    assert await _back(trail, START) == []
    chain: list[Seal] = []
    for number in range(12):
        since, until = (utc_text(START + timedelta(hours=at)) for at in (number, number + 1))
        chain.append(next_seal(chain[-1] if chain else None, since=since, until=until, rows=Digest()))
        if number + 1 != removed:
            await trail.seals.add(chain[-1])
    for minutes in (-1, 0, 30, 60, 240, 299, 300, 301, 719, 720, 5000):
        last = START + timedelta(minutes=minutes)
        found = await _back(trail, last)
        assert found[-1] == chain[0]
        assert [one.number for one in found] == sorted((one.number for one in found), reverse=True)
        wanted = [one for one in chain if one.since <= utc_text(last) and one.number != removed]
        assert [one for one in found if one.since <= utc_text(last)] == wanted[::-1]
        assert removed or len(found) <= len(wanted) + 1


async def test_hours_that_are_sealed_as_empty_are_not_read(make_trail: Callable[[int], Awaitable[Trail]]) -> None:
    """And all that hold rows are, wherever seals begin and end."""
    trail = await make_trail(4)
    at = [START + timedelta(minutes=minutes) for minutes in (0, 59, 60, 61, 300, 540, 599)]
    written = [row(one) for one in at]
    await trail.append(*written)
    seal, cuts = None, [-30, 60, 100, 250, 280, 400, 545]
    for since, until in itertools.pairwise([utc_text(START + timedelta(minutes=cut)) for cut in cuts]):
        digest = Digest()
        for one in written:
            if since <= one.at < until:
                digest.add(one.hash)
        seal = next_seal(seal, since=since, until=until, rows=digest)
        assert await trail.seals.add(seal)
    for limit in (1, 3, 200):
        pages = await _walk(trail, ALL_DAY, limit)
        assert [one.row for page in pages for one in page] == written[::-1]
    if isinstance(trail.rows, DynamoAuditRows):
        read = [hour async for hour in hours_with_rows(trail.seals, *DAY)]
        assert [hour[-2:] for hour in read] == ["22", "21", "20", "19", "18", "17", "16", "13", "12", "11"]


async def _back(trail: Trail, last: datetime) -> list[Seal]:
    return [one async for page in trail.seals.back(utc_text(last)) for one in page]


async def _walk(trail: Trail, query: AuditQuery, limit: int) -> list[list[KeptRow]]:
    pages: list[list[KeptRow]] = []
    after: Position | None = None
    while True:
        page = await trail.rows.page(query, limit=limit, after=after)
        pages.append(list(page.rows))
        after = page.next_position
        if after is None:
            return pages


async def test_a_fact_and_its_row_are_put_together_or_not_at_all(
    client: Any, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    """One TransactWriteItems each, which a kill cannot cut."""
    database = Database(client, (await make_settings(stream=False)).facts_table)
    sent = Sent(database)
    transactions = DynamoTransactions(sent, ShardCounts(4), ShardCounts(4), 4, 4)  # type: ignore[arg-type]  # a spy
    ledger = DynamoLedger(sent, 4, audit_shards=4)  # type: ignore[arg-type]  # a spy
    benefits = DynamoBenefits(sent, 4)  # type: ignore[arg-type]  # a spy
    first, again = row(), row()
    written = new_transaction(EXAMPLE)
    await transactions.append([written], audit=first, token=first.hash[:30])
    assert isinstance(await transactions.append([written], audit=again, token=again.hash[:30]), Refused)
    command, used = NewCommand((), Receipt(REDEMPTION, "print", first.at, b"{}")), row()
    await ledger.append(command, audit=used, token=used.hash[:30])
    assert isinstance(await ledger.append(command, audit=again, token=used.hash[1:31]), NotAppended)
    benefit, defined = DefinedBenefit(Benefit("b", "B", "T", KickbackType.POINT, 5), 1, first.at), row()
    assert await benefits.add(benefit, audit=defined, token=defined.hash[:30])
    assert not await benefits.add(benefit, audit=again, token=defined.hash[1:31])
    assert [names[-1] for names in sent.calls] == [
        audit_item(one, shards=4)["SK"]["S"] for one in (first, again, used, again, defined, again)
    ]
    assert [len(names) for names in sent.calls] == [4, 4, 2, 2, 2, 2]
    trail = DynamoAuditRows(ShardedTrail(database, 4, asyncio.Semaphore(4)), DynamoSeals(database))
    kept = [one.row async for page in trail.rows(*DAY) for one in page]
    assert sorted(kept, key=lambda one: one.hash) == sorted((first, used, defined), key=lambda one: one.hash)


@dataclass
class Sent:
    """A database that takes nothing but whole transactions, and notes the sort keys of each."""

    database: Database
    calls: list[list[str]] = field(default_factory=list)

    async def put_together(self, puts: Sequence[Put], *, token: str) -> None:
        self.calls.append([put.item["SK"]["S"] for put in puts])
        await self.database.put_together(puts, token=token)
