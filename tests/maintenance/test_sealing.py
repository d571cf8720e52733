"""Sealing the audit trail, and what a check of it finds, in memory."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.audit_seals import NO_HASH, Digest, Seal, next_seal, seal_hash
from app.domain.periods import parse_instant, utc_text
from app.maintenance.sealing import Sealed, Sealing, seal_trail
from app.maintenance.verifying.differences import Kind
from app.maintenance.verifying.trail import TrailSource, check_trail, row_differences
from app.ports.audit import AuditRow, KeptRow
from app.ports.errors import StoreUnavailable
from tests.audit_rows import START, row, rows
from tests.fakes.audit import FakeAudit, FakeSeals

SETTLE = timedelta(minutes=5)
REACH = timedelta(hours=2)


@dataclass(slots=True)
class Trail:
    """A trail, its seals, and a clock."""

    audit: FakeAudit = field(default_factory=FakeAudit)
    seals: FakeSeals = field(default_factory=FakeSeals)
    now: datetime = START

    @property
    def job(self) -> Sealing:
        return Sealing(self.audit, self.seals, lambda: self.now, SETTLE, REACH)

    @property
    def kept(self) -> list[KeptRow]:
        return self.audit.facts.audit

    @property
    def chain(self) -> list[Seal]:
        return [one for _, one in sorted(self.seals.by_number.items())]

    def write(self, *several: AuditRow) -> None:
        for one in several:
            self.audit.facts.keep(one)

    async def seal(self, after: timedelta = timedelta()) -> Sealed:
        self.now += after
        return await seal_trail(self.job)

    async def found(self, anchors: dict[int, str] | None = None) -> list[tuple[Kind, str]]:
        """What a check finds, rows by themselves included."""
        checked = await check_trail(
            TrailSource(self.audit, self.seals, anchors or {}), until=utc_text(self.now + timedelta(days=1))
        )
        alone = [one for kept in self.kept for one in row_differences(kept)]
        return [(one.kind, one.key) for one in (*checked.differences, *alone)]


async def sealed_trail() -> Trail:
    """Twelve rows under four seals, of which the third has none, and two that are not sealed."""
    trail = Trail()
    await trail.seal()
    for number in range(3):
        if number == 1:
            await trail.seal(timedelta(hours=2))
        trail.write(*rows(4, start=trail.now, apart=timedelta(minutes=1)))
        await trail.seal(timedelta(minutes=30))
    trail.write(*rows(2, start=trail.now))
    assert [one.count for one in trail.chain] == [0, 4, 0, 4, 4]
    assert await trail.found() == []
    return trail


async def test_the_first_seal_fixes_where_the_chain_begins() -> None:
    trail = Trail()
    trail.write(row(START - timedelta(hours=1)))
    sealed = await trail.seal()
    assert sealed.written
    assert sealed.seal == next_seal(
        None, since=utc_text(START - SETTLE - REACH), until=utc_text(START - SETTLE), rows=_digest(trail.kept)
    )
    assert (sealed.seal.number, sealed.seal.count, sealed.seal.previous_hash) == (1, 1, NO_HASH)


async def test_the_first_seal_can_begin_elsewhere() -> None:
    trail = Trail()
    trail.write(row(START - timedelta(days=20)))
    sealed = await seal_trail(trail.job, since=START - timedelta(days=30))
    assert sealed.seal is not None
    assert (sealed.seal.since, sealed.seal.count) == (utc_text(START - timedelta(days=30)), 1)
    again = await seal_trail(replace(trail.job, now=lambda: START + timedelta(hours=2)), since=START)
    assert again.seal is not None
    assert again.seal.since == sealed.seal.until


async def test_what_is_too_young_waits_for_the_next() -> None:
    trail = Trail()
    await trail.seal()
    old, edge, young = (row(START + timedelta(minutes=minutes)) for minutes in (0, 1, 2))
    trail.write(old, edge, young)
    trail.now = START + SETTLE + timedelta(minutes=1)
    sealed = await trail.seal()
    assert sealed.seal is not None
    assert (sealed.seal.count, sealed.seal.until) == (1, edge.at)
    assert (await trail.seal(timedelta(minutes=2))).seal.count == 2  # type: ignore[union-attr]  # there is one


async def test_where_nothing_was_done_an_hour_has_one_seal() -> None:
    trail = Trail()
    await trail.seal()
    written = [(await trail.seal(timedelta(minutes=5))).written for _ in range(25)]
    assert [at for at, one in enumerate(written) if one] == [11, 23]


async def test_a_run_at_once_after_another_writes_nothing() -> None:
    trail = Trail()
    trail.write(row(START - timedelta(minutes=30)))
    first = await trail.seal()
    again = await trail.seal()
    assert first.written
    assert again == Sealed(first.seal, written=False)
    trail.now -= timedelta(minutes=3)  # a machine whose clock is behind
    assert await trail.seal() == again


async def test_of_two_sealers_one_wins() -> None:
    trail = Trail()
    trail.write(*rows(20, start=START - timedelta(minutes=30)))
    late = replace(trail.job, now=lambda: START + timedelta(minutes=1))
    one, other = await asyncio.gather(seal_trail(trail.job), seal_trail(late))
    assert [one.written, other.written].count(True) == 1
    assert one.seal == other.seal
    assert len(trail.chain) == 1
    await trail.seal(timedelta(minutes=10))
    assert await trail.found() == []


async def test_a_lost_answer_is_settled_by_the_next_run() -> None:
    trail = Trail()
    trail.write(row(START - timedelta(minutes=30)))
    add = trail.seals.add

    class Losing(FakeSeals):
        async def add(self, seal: Seal) -> bool:
            await add(seal)
            raise StoreUnavailable("the answer is lost")

    with pytest.raises(StoreUnavailable):
        await seal_trail(replace(trail.job, seals=Losing(trail.seals.by_number)))
    assert (await trail.seal()).written is False
    assert [one.count for one in trail.chain] == [1]


async def test_one_that_was_sent_twice_is_its_own() -> None:
    """The SDK repeats what had no answer, and then the condition fails."""

    class Twice(FakeSeals):
        async def add(self, seal: Seal) -> bool:
            await super().add(seal)
            return False

    trail = Trail()
    assert (await seal_trail(replace(trail.job, seals=Twice(trail.seals.by_number)))).written


@given(
    st.lists(st.integers(0, 600), max_size=40),
    st.lists(st.integers(0, 240), min_size=1, max_size=12),
    st.integers(0, 39),
)
async def test_wherever_the_cuts_are_each_row_is_in_one_seal(minutes: list[int], cuts: list[int], victim: int) -> None:
    trail = Trail()
    await trail.seal()
    waiting = sorted(minutes)
    for cut in cuts:
        now = trail.now + timedelta(minutes=cut)
        trail.write(*[row(START + timedelta(minutes=one)) for one in waiting if START + timedelta(minutes=one) <= now])
        waiting = [one for one in waiting if START + timedelta(minutes=one) > now]
        await trail.seal(timedelta(minutes=cut))
    last = trail.chain[-1].until
    assert sum(one.count for one in trail.chain) == sum(kept.row.at < last for kept in trail.kept)
    assert await trail.found() == []
    sealed = [kept for kept in trail.kept if kept.row.at < last]
    if sealed:
        trail.kept.remove(sealed[victim % len(sealed)])
        assert [kind for kind, _ in await trail.found()] == [Kind.SEAL_ROWS]


ROW = 5  # the second of the fourth seal


def _change_row(trail: Trail) -> None:
    kept = trail.kept[ROW]
    trail.kept[ROW] = replace(kept, row=replace(kept.row, about=("user:somebody",)))


def _change_row_and_its_hash(trail: Trail) -> None:
    changed = replace(trail.kept[ROW].row, action="points.redeem")
    trail.kept[ROW] = KeptRow(changed, changed.hash)


def _move_row(trail: Trail) -> None:
    """Into the seal before, where it has all that it needs but was not."""
    moved = replace(trail.kept[ROW].row, at=trail.kept[ROW - 2].row.at)
    trail.kept[ROW] = KeptRow(moved, moved.hash)


def _insert_row(trail: Trail) -> None:
    trail.write(row(parse_instant(trail.kept[ROW].row.at)))


def _exchange_rows(trail: Trail) -> None:
    one, other = trail.kept[ROW], trail.kept[ROW + 1]
    trail.kept[ROW : ROW + 2] = [
        KeptRow(moved, moved.hash) for moved in (replace(one.row, at=other.row.at), replace(other.row, at=one.row.at))
    ]


def _change_seal(trail: Trail) -> None:
    trail.seals.by_number[4] = replace(trail.seals.by_number[4], count=5)


def _change_seal_and_its_hash(trail: Trail) -> None:
    """It fits to rows of which one was removed."""
    del trail.kept[ROW]
    old = trail.seals.by_number[4]
    forged = replace(old, count=3, digest=_digest(trail.kept[4:7]).text)
    trail.seals.by_number[4] = replace(forged, hash=seal_hash(forged))


def _widen_seal(trail: Trail) -> None:
    """Its rows are the same, and it says that nobody did anything for longer."""
    old = trail.seals.by_number[3]
    forged = replace(old, since=utc_text(parse_instant(old.since) - timedelta(minutes=1)))
    trail.seals.by_number[3] = replace(forged, hash=seal_hash(forged))


DAMAGES: Sequence[tuple[Callable[[Trail], object], list[tuple[Kind, str]]]] = (
    (_change_row, [(Kind.AUDIT_HASH, "{row}")]),
    (_change_row_and_its_hash, [(Kind.SEAL_ROWS, "seal 4")]),
    (_move_row, [(Kind.SEAL_ROWS, "seal 2"), (Kind.SEAL_ROWS, "seal 4")]),
    (lambda trail: trail.kept.pop(ROW), [(Kind.SEAL_ROWS, "seal 4")]),
    (_insert_row, [(Kind.SEAL_ROWS, "seal 4")]),
    (_exchange_rows, [(Kind.SEAL_ROWS, "seal 4")]),
    (_change_seal, [(Kind.SEAL_HASH, "seal 4"), (Kind.SEAL_ROWS, "seal 4")]),
    (_change_seal_and_its_hash, [(Kind.SEAL_CHAIN, "seal 5")]),
    (_widen_seal, [(Kind.SEAL_CHAIN, "seal 3"), (Kind.SEAL_CHAIN, "seal 4")]),
    (lambda trail: trail.seals.by_number.pop(1), [(Kind.SEAL_MISSING, "seal 1")]),
    (lambda trail: trail.seals.by_number.pop(3), [(Kind.SEAL_MISSING, "seal 3")]),
    (lambda trail: [trail.seals.by_number.pop(one) for one in (2, 3)], [(Kind.SEAL_MISSING, "seals 2 to 3")]),
)


@pytest.mark.parametrize(("damage", "expected"), DAMAGES)
async def test_each_damage_is_found(damage: Callable[[Trail], object], expected: list[tuple[Kind, str]]) -> None:
    trail = await sealed_trail()
    name = f"{trail.kept[ROW].row.at} {trail.kept[ROW].row.caller.request_id}"
    damage(trail)
    assert await trail.found() == [(kind, key.format(row=name)) for kind, key in expected]


async def test_a_chain_whose_end_was_cut_off_or_made_anew_is_told_by_an_anchor() -> None:
    trail = await sealed_trail()
    anchors = {one.number: one.hash for one in trail.chain}
    assert await trail.found(anchors) == []
    del trail.seals.by_number[5]
    assert await trail.found() == []
    assert await trail.found(anchors) == [(Kind.SEAL_MISSING, "seal 5")]
    trail.kept.pop(ROW)
    trail.seals.by_number.clear()
    await trail.seal()
    assert await trail.found() == []
    assert (Kind.SEAL_HASH, "seal 1 as it was kept elsewhere") in await trail.found(anchors)


async def test_what_is_not_sealed_yet_is_counted() -> None:
    trail = await sealed_trail()
    checked = await check_trail(TrailSource(trail.audit, trail.seals), until=utc_text(trail.now + timedelta(days=1)))
    assert (checked.rows, checked.unsealed, checked.newest) == (14, 2, trail.chain[-1])


def _digest(kept: Sequence[KeptRow]) -> Digest:
    digest = Digest()
    for one in kept:
        digest.add(one.hash)
    return digest
