"""The liability report: every account followed through its entries, portion by portion."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.liability import Liability, without_gap
from app.domain.lot_parts import Step, step_of
from app.maintenance.segments import read_all
from app.maintenance.verifying.facts import Portion
from app.ports.scans import FactScan, Unreadable


@dataclass(slots=True)
class LiabilityReport:
    """`unreadable`: keys of entries that cannot be read. `incomplete`: accounts of which entries are missing: they were
    written while the others were read, or are gone. Without either the report is whole."""

    at: str
    types: dict[KickbackType, Liability] = field(default_factory=lambda: {kind: Liability() for kind in KickbackType})
    accounts: int = 0
    entries: int = 0
    unreadable: list[str] = field(default_factory=list)
    incomplete: int = 0

    @property
    def agrees(self) -> bool:
        """Whether lots and postings say the same everywhere."""
        return all(one.agrees for one in self.types.values())


async def liability_report(facts: FactScan, at: str, zone: tzinfo, *, passes: int = 1) -> LiabilityReport:
    """At an instant (UTC text). Reads all entries `passes` times, with one portion of the accounts in memory at a time.
    Raises StoreUnavailable."""
    report = LiabilityReport(at)
    for number in range(passes):
        await _add_portion(Portion(number, passes), report, facts, zone)
    return report


async def _add_portion(portion: Portion, report: LiabilityReport, facts: FactScan, zone: tzinfo) -> None:
    accounts: dict[Account, list[Step]] = defaultdict(list)

    async def keep(page: Sequence[LedgerEntry | Unreadable]) -> None:
        for one in page:
            if isinstance(one, Unreadable):
                if one.key in portion:
                    report.unreadable.append(one.key)
            elif one.account.user_id in portion:
                accounts[one.account].append(step_of(one))

    await read_all(facts.segments, facts.entries, keep)
    for account, steps in accounts.items():
        followed = without_gap(steps)
        report.accounts += 1
        report.entries += len(followed)
        report.incomplete += len(followed) < len(steps)
        report.types[account.kind].add(followed, report.at, zone)
