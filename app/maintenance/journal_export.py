"""The journal of a month: every posting of every entry that happened in it, in order, in bounded memory."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.periods import utc_text
from app.maintenance.segments import read_all
from app.ports.scans import FactScan, Unreadable


@dataclass(slots=True)
class JournalSums:
    """Debits and credits by type, over all postings, and whether each entry is balanced in itself."""

    entries: int = 0
    sums: dict[KickbackType, tuple[int, int]] = field(default_factory=dict)
    unbalanced: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def is_balanced(self) -> bool:
        """Of each type and in each entry. Not where an entry cannot be read: its postings are unknown."""
        return not self.unbalanced and not self.unreadable and all(one == other for one, other in self.sums.values())

    def add(self, entry: LedgerEntry) -> None:
        """One more."""
        self.entries += 1
        debit = sum(one.debit for one in entry.postings)
        credit = sum(one.credit for one in entry.postings)
        debits, credit_sum = self.sums.get(entry.account.kind, (0, 0))
        self.sums[entry.account.kind] = (debits + debit, credit_sum + credit)
        if debit != credit:
            self.unbalanced.append(f"{entry.account.user_id} {entry.account.kind.value} {entry.version}")


async def month_entries(
    facts: FactScan, first: datetime, end: datetime, sums: JournalSums, *, passes: int = 1
) -> AsyncIterator[Sequence[LedgerEntry]]:
    """Entries effective from `first` up to but not at `end`, by instant, user, type and version; in `passes` slices of
    that time, each of which is in memory and read for on its own. `sums` is added to. Raises StoreUnavailable."""
    slice_ = (end - first) / passes
    for number in range(passes):
        start = first + slice_ * number
        stop = end if number + 1 == passes else first + slice_ * (number + 1)
        entries = await _between(facts, utc_text(start), utc_text(stop), sums, is_first=number == 0)
        for entry in entries:
            sums.add(entry)
        yield entries


async def _between(
    facts: FactScan, start: str, stop: str, sums: JournalSums, *, is_first: bool
) -> Sequence[LedgerEntry]:
    found: list[LedgerEntry] = []

    async def keep(page: Sequence[LedgerEntry | Unreadable]) -> None:
        for one in page:
            if isinstance(one, Unreadable):
                if is_first:
                    sums.unreadable.append(one.key)
            elif start <= one.effective_at < stop:
                found.append(one)

    await read_all(facts.segments, facts.entries, keep)
    return sorted(found, key=_order)


def _order(entry: LedgerEntry) -> tuple[str, str, str, int]:
    return entry.effective_at, entry.account.user_id, entry.account.kind.value, entry.version
