"""A sealed audit trail in a real table, damaged in the ways that a hand on the table can, one after the other."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from app.bootstrap.maintenance import open_maintenance
from app.bootstrap.sealing import sealing_of
from app.domain.audit_seals import seal_hash
from app.maintenance.sealing import seal_trail
from app.maintenance.verifying.differences import Kind
from app.maintenance.verifying.run import verify
from app.settings import Projector, Settings
from app.store.audit import DynamoAuditTrail
from app.store.audit_codec import SealRow, audit_item, seal_item, seal_of
from app.store.database import Database
from tests.audit_rows import START, row, rows
from tests.maintenance.tables import Tables

SHARDS = 3
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trail:
    """Nine rows under three seals. `rows` as they are stored: the fifth, in the second seal, is to be hurt."""

    tables: Tables
    rows: Sequence[Item]

    @property
    def row(self) -> Item:
        return self.rows[4]

    async def set(self, **values: Any) -> None:
        await self.tables.put_fact({**self.row, **values})

    async def seal(self) -> Item:
        return await self.tables.fact(f"{2:010d}", "SEAL")

    async def set_seal(self, **values: Any) -> None:
        await self.tables.put_fact({**await self.seal(), **values})

    async def forge_seal(self) -> None:
        """Somebody who knows how hashes are made leaves a row out of it."""
        await self.drop()
        seal = seal_of(msgspec.convert(await self.seal(), SealRow))
        forged = replace(seal, count=2)
        await self.tables.put_fact(seal_item(replace(forged, hash=seal_hash(forged))))

    async def drop(self) -> None:
        await self.tables.drop_fact(self.row["SK"]["S"], self.row["PK"]["S"])

    async def move(self, shard: int, *, hour: str = "AUDIT#2026-11-22T12") -> None:
        await self.drop()
        await self.set(PK={"S": f"{hour}#shard{shard:02d}"})

    async def insert(self, minutes: int) -> None:
        await self.tables.put_fact(audit_item(row(START + timedelta(minutes=minutes), request_id="x"), shards=SHARDS))

    async def restore(self, items: Sequence[Item]) -> None:
        """The table as it was."""
        for item in await self.tables.facts():
            if item not in items:
                await self.tables.drop_fact(item["SK"]["S"], item["PK"]["S"])
        for item in items:
            await self.tables.put_fact(item)


Plant = Callable[[Trail], Awaitable[None]]
DAMAGES: dict[str, tuple[set[Kind], Plant]] = {
    "nothing": (set(), lambda t: t.set()),
    "row changed": ({Kind.AUDIT_HASH}, lambda t: t.set(actor={"S": "client:somebody"})),
    "reason added": ({Kind.AUDIT_HASH}, lambda t: t.set(reason={"S": "because"})),
    "hash changed": ({Kind.SEAL_ROWS, Kind.UNREADABLE}, lambda t: t.set(hash={"S": "0" * 64})),
    "row unreadable": ({Kind.UNREADABLE}, lambda t: t.set(outcome={"S": "PERHAPS"})),
    "row removed": ({Kind.SEAL_ROWS}, lambda t: t.drop()),
    "row put in": ({Kind.SEAL_ROWS}, lambda t: t.insert(4)),
    "row put in before the chain": ({Kind.AUDIT_UNSEALED}, lambda t: t.insert(-5000)),
    "row hidden in a shard that nobody reads": ({Kind.SEAL_ROWS}, lambda t: t.move(77)),
    "row in another hour": (
        {Kind.UNREADABLE, Kind.SEAL_ROWS},
        lambda t: t.move(0, hour="AUDIT#2026-11-22T11"),
    ),
    "seal changed": ({Kind.SEAL_HASH, Kind.SEAL_ROWS}, lambda t: t.set_seal(count={"N": "9"})),
    "seal forged": ({Kind.SEAL_CHAIN, Kind.SEAL_ROWS}, lambda t: t.forge_seal()),
    "seal removed": ({Kind.SEAL_MISSING}, lambda t: t.tables.drop_fact(f"{2:010d}", "SEAL")),
    "seal under another number": ({Kind.UNREADABLE}, lambda t: t.set_seal(SK={"S": f"{9:010d}"})),
}


async def test_each_damage_is_found(make_settings: Callable[..., Awaitable[Settings]], admin: Any, client: Any) -> None:
    settings = await make_settings(projector=Projector.OUTSIDE, audit_shards=SHARDS)
    trail = Trail(Tables(admin, settings), await _sealed(settings, client))
    items = await trail.tables.facts()
    async with open_maintenance(settings) as maintenance:
        for name, (expected, plant) in DAMAGES.items():
            await plant(trail)
            report = await verify(replace(maintenance.verifying, now=lambda: START + timedelta(hours=1)))
            assert {one.kind for one in report.differences} == expected, (name, report.differences)
            await trail.restore(items)


def _same(now: datetime) -> datetime:
    return now


async def _sealed(settings: Settings, client: Any) -> list[Item]:
    writing = DynamoAuditTrail(Database(client, settings.facts_table), SHARDS)
    written = rows(9, apart=timedelta(minutes=1))
    for one in written:
        await writing.append(one)
    for minutes in (3, 6, 9):
        now = START + timedelta(minutes=minutes, seconds=settings.seal_after_seconds)
        sealed = await seal_trail(replace(sealing_of(settings, client), now=partial(_same, now)))
        assert sealed.seal is not None
        assert sealed.seal.count == 3
    return [audit_item(one, shards=SHARDS) for one in written]
