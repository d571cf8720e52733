"""The whole check, portion by portion, while the service may be running."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from app.domain.audit_seals import Seal
from app.domain.bookings import booking_of
from app.domain.ledger import LedgerEntry
from app.domain.periods import utc_text
from app.maintenance.segments import read_all
from app.maintenance.verifying.counting import Counting
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.facts import FactChecks, Portion
from app.maintenance.verifying.projector import projector_differences
from app.maintenance.verifying.trail import TrailSource, check_trail
from app.maintenance.verifying.views import ViewChecks, ViewFold, ViewResult
from app.ports.audit import KeptRow
from app.ports.projection import Projection
from app.ports.scans import Fact, FactScan, StoredPurchase, ViewScan
from app.ports.streams import Stream
from app.ports.views import Generation

NO_VIEWS = "there are no views yet: answers come from the facts"
NOT_COUNTED = "the views: the projector has not counted what was recorded, so nothing is certain; does one run?"
NOT_SEALED = "the audit trail is not sealed at all: does kickbacks seal run?"
_SEALED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Verifying:
    """What the check works with. `retention`: after so long storage may drop a purchase. Business days begin in `zone`.
    `passes` portions are read one after the other, so that only one of them is in memory."""

    facts: FactScan
    stored: ViewScan
    projection: Projection
    stream: Stream
    counting: Counting
    retention: timedelta | None
    now: Callable[[], datetime]
    zone: tzinfo
    trail: TrailSource
    passes: int = 1


@dataclass(slots=True)
class Report:
    """`unchecked` says what could not be checked; `warnings` what is odd but no difference. `rows` are those of views;
    `unsealed_audit_rows` those of the trail that no seal has in it yet."""

    differences: list[Difference] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    facts: int = 0
    rows: int = 0
    oldest_audit_row: str | None = None
    audit_rows: int = 0
    unsealed_audit_rows: int = 0


async def verify(using: Verifying) -> Report:
    """Reads everything. Raises StoreUnavailable."""
    report = Report()
    views = ViewResult()
    late = await using.counting.late_shards()
    generation = (await using.projection.state()).generation
    for number in range(using.passes):
        portion = Portion(number, using.passes)
        fold = await _check_facts(portion, generation, report, using)
        if fold is not None:
            await _check_views(fold, views, report, using)
    await _check_trail(report, using)
    report.differences += views.differences
    report.rows = views.rows
    report.warnings += [f"{shard}: more than a minute behind the stream" for shard in late]
    report.warnings += [f"written all the while, so not certain: {key}" for key in sorted(views.moving)]
    if views.dropped:
        report.warnings.append(
            f"{views.dropped} rows hold more than the facts: what retention has dropped, most likely"
        )
    if generation is None:
        report.warnings.append(NO_VIEWS)
    else:
        progress = await using.projection.progress(generation.number)
        parked = await using.projection.parked(generation.number)
        report.differences += projector_differences(progress, parked)
    return report


async def _check_trail(report: Report, using: Verifying) -> None:
    found = await check_trail(using.trail, until=utc_text(using.now()))
    report.differences += found.differences
    report.audit_rows, report.unsealed_audit_rows = found.rows, found.unsealed
    oldest = report.oldest_audit_row
    if found.newest is None:
        if oldest is not None:
            report.warnings.append(NOT_SEALED)
    elif found.unsealed and found.newest.until < utc_text(using.now() - _SEALED_WITHIN):
        report.warnings.append(f"the audit trail was sealed up to {found.newest.until} only: does kickbacks seal run?")
    if found.first is not None and oldest is not None and oldest < found.first.since:
        report.differences.append(Difference(Kind.AUDIT_UNSEALED, oldest, f"no row before {found.first.since}", oldest))


async def _check_facts(
    portion: Portion, generation: Generation | None, report: Report, using: Verifying
) -> ViewFold | None:
    """Returns what the same reading says about the views."""
    fold = ViewFold(using.stored, generation, portion.__contains__) if generation is not None else None
    found = await _fact_differences(portion, fold, report, using)
    if found:
        # A write may have been half seen, but not twice: nothing is ever written in two steps.
        certain = await _fact_differences(portion, None, None, using)
        report.differences += [one for key, one in certain.items() if key in found]
    return fold


async def _fact_differences(
    portion: Portion, fold: ViewFold | None, report: Report | None, using: Verifying
) -> dict[tuple[str, str], Difference]:
    checks = FactChecks(portion, using.zone)

    async def add(page: Sequence[Fact]) -> None:
        for fact in page:
            checks.add(fact)
            if fold is not None:
                match fact:
                    case StoredPurchase(figures):
                        fold.add(figures)
                    case LedgerEntry():
                        fold.add(booking_of(fact))
            if report is not None and isinstance(fact, KeptRow):
                report.oldest_audit_row = min(fact.row.at, report.oldest_audit_row or fact.row.at)
        if report is not None and portion.number == 0:
            report.facts += sum(not isinstance(fact, KeptRow | Seal) for fact in page)

    dropped_before = utc_text(using.now() - using.retention) if using.retention else ""
    await read_all(using.facts.segments, using.facts.facts, add)
    return {(one.kind, one.key): one for one in checks.differences(dropped_before=dropped_before)}


async def _check_views(fold: ViewFold, result: ViewResult, report: Report, using: Verifying) -> None:
    checks = ViewChecks(using.facts, using.stored, using.counting, using.now, using.retention is not None)
    suspects = await checks.suspects(fold, result)
    if NOT_COUNTED in report.unchecked:
        return  # it would be waited for in each portion
    if not await checks.settle(fold.generation, suspects, result):
        report.unchecked.append(NOT_COUNTED)
