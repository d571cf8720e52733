"""The audit trail in memory."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from app.domain.audit_seals import Seal
from app.ports.audit import AuditPage, AuditQuery, AuditRow, KeptRow
from app.ports.errors import StoreUnavailable
from app.ports.pages import Position
from tests.fakes.facts import FakeFacts

PIECE = 3


def place_of(kept: KeptRow) -> str:
    """What rows are ordered by."""
    return f"{kept.row.at}#{kept.row.caller.request_id}#{kept.hash[:16]}"


@dataclass(slots=True)
class FakeAudit:
    """AuditTrail and AuditRows: see the ports. What lies in `facts.audit` may be changed, as no port would."""

    facts: FakeFacts = field(default_factory=FakeFacts)

    async def append(self, row: AuditRow) -> None:
        await self.facts.called("append_row")
        if KeptRow(row, row.hash) not in self.facts.audit:
            self.facts.keep(row)

    async def page(self, query: AuditQuery, *, limit: int, after: Position | None) -> AuditPage:
        await self.facts.called("audit_page")
        end = after[0] if after is not None else f"{query.last}$"
        found = [
            one for one in reversed(self._ordered()) if query.first <= place_of(one) < end and query.wants(one.row)
        ]
        following = (place_of(found[limit - 1]),) if len(found) > limit else None
        return AuditPage(found[:limit], following)

    async def rows(self, since: str, until: str) -> AsyncIterator[Sequence[KeptRow]]:
        await self.facts.called("audit_rows")
        found = [one for one in self._ordered() if since <= one.row.at < until]
        for start in range(0, len(found), PIECE):
            await self.facts.pause()
            yield found[start : start + PIECE]

    def _ordered(self) -> list[KeptRow]:
        return sorted(self.facts.audit, key=place_of)


@dataclass(slots=True)
class FakeSeals:
    """See the port."""

    by_number: dict[int, Seal] = field(default_factory=dict)
    down: bool = False

    async def newest(self) -> Seal | None:
        if self.down:
            raise StoreUnavailable("the fake is down")
        return max(self.by_number.values(), key=lambda one: one.number, default=None)

    async def all(self) -> AsyncIterator[Sequence[Seal]]:
        ordered = [one for _, one in sorted(self.by_number.items())]
        for start in range(0, len(ordered), PIECE):
            yield ordered[start : start + PIECE]

    async def back(self, last: str) -> AsyncIterator[Sequence[Seal]]:
        ordered = [one for _, one in sorted(self.by_number.items(), reverse=True)]
        later = sum(one.until > last for one in ordered)
        for start in range(max(later - 1, 0), len(ordered), PIECE):
            yield ordered[start : start + PIECE]

    async def add(self, seal: Seal) -> bool:
        if self.down:
            raise StoreUnavailable("the fake is down")
        return self.by_number.setdefault(seal.number, seal) is seal
