"""The audit trail against its seals: all sealed rows, in order, beside the chain of seals. In bounded memory."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.domain.audit_seals import NO_HASH, Digest, Seal, seal_hash
from app.maintenance.verifying.differences import Difference, Kind
from app.ports.audit import AuditRows, KeptRow, Seals, UnreadableRow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TrailSource:
    """Where the trail is. `anchors`: hashes of seals by their number, as they were kept somewhere else."""

    rows: AuditRows
    seals: Seals
    anchors: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class TrailResult:
    """`first` and `newest` are seals as found; `unsealed` counts the rows behind the newest."""

    differences: list[Difference] = field(default_factory=list)
    first: Seal | None = None
    newest: Seal | None = None
    rows: int = 0
    unsealed: int = 0


def row_differences(kept: KeptRow) -> Iterator[Difference]:
    """Of a row by itself: its hash is that of its content."""
    own = kept.row.hash
    if own != kept.hash:
        key = f"{kept.row.at} {kept.row.caller.request_id}"
        yield Difference(Kind.AUDIT_HASH, key, own, kept.hash)


async def check_trail(source: TrailSource, *, until: str) -> TrailResult:
    """Every seal, and every row from the first seal's beginning to `until` (UTC text). Raises StoreUnavailable."""
    result = TrailResult()
    seals = _each(source.seals.all())
    try:
        result.first = seal = await anext(seals, None)
        if seal is not None:
            checking = _Checking(seals, seal, source.anchors, result)
            async for kept in _each(source.rows.rows(seal.since, until)):
                await checking.add(kept)
            await checking.finish()
    except UnreadableRow as error:
        result.differences.append(Difference(Kind.UNREADABLE, error.key, "an item that can be read", "something else"))
    known = result.newest.number if result.newest is not None else 0
    for number, anchor in source.anchors.items():
        if number > known:
            result.differences.append(Difference(Kind.SEAL_MISSING, f"seal {number}", anchor, ""))
    return result


async def _each(pages: AsyncIterator[Sequence[T]]) -> AsyncIterator[T]:
    async for page in pages:
        for one in page:
            yield one


class _Checking:
    """Seals and rows, both in the order of time, side by side."""

    def __init__(
        self, seals: AsyncIterator[Seal], first: Seal, anchors: Mapping[int, str], result: TrailResult
    ) -> None:
        self._seals = seals
        self._anchors = anchors
        self._result = result
        self._seal: Seal | None = None
        self._digest = Digest()
        self._begin(None, first)

    async def add(self, kept: KeptRow) -> None:
        """The next row."""
        while self._seal is not None and kept.row.at >= self._seal.until:
            await self._next()
        self._result.rows += 1
        if self._seal is None:
            self._result.unsealed += 1
        elif kept.row.at >= self._seal.since:  # else in a gap of the chain, which is told as that
            self._digest.add(kept.hash)

    async def finish(self) -> None:
        """There are no more rows."""
        while self._seal is not None:
            await self._next()

    async def _next(self) -> None:
        """Compares the seal with the rows in it, and goes on to the one behind it."""
        seal = self._seal
        if seal is not None:
            said, found = _rows_text(seal.count, seal.digest), _rows_text(self._digest.count, self._digest.text)
            if said != found:
                self._result.differences.append(Difference(Kind.SEAL_ROWS, f"seal {seal.number}", said, found))
        following = await anext(self._seals, None)
        self._seal = None
        if following is not None:
            self._begin(seal, following)

    def _begin(self, previous: Seal | None, seal: Seal) -> None:
        self._result.differences += seal_differences(previous, seal, self._anchors.get(seal.number))
        self._result.newest = seal
        self._seal, self._digest = seal, Digest()


def seal_differences(previous: Seal | None, seal: Seal, anchor: str | None) -> Iterator[Difference]:
    """Of a seal by itself, and as what follows the one before."""
    key = f"seal {seal.number}"
    own, expected = seal_hash(seal), previous.number + 1 if previous is not None else 1
    if seal.hash != own:
        yield Difference(Kind.SEAL_HASH, key, own, seal.hash)
    if anchor is not None and seal.hash != anchor:
        yield Difference(Kind.SEAL_HASH, f"{key} as it was kept elsewhere", anchor, seal.hash)
    if seal.number != expected:
        missing = f"seal {expected}" if seal.number == expected + 1 else f"seals {expected} to {seal.number - 1}"
        yield Difference(Kind.SEAL_MISSING, missing, "a seal", "")
        return
    before = (previous.hash, previous.until) if previous is not None else (NO_HASH, seal.since)
    if (seal.previous_hash, seal.since) != before or seal.since > seal.until:
        yield Difference(Kind.SEAL_CHAIN, key, " ".join(before), f"{seal.previous_hash} {seal.since}")


def _rows_text(count: int, digest: str) -> str:
    return f"{count} rows {digest}"
