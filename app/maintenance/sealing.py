"""Sealing the audit trail: one seal a run over all rows since the last, as far as no more can be added to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.audit_seals import Digest, Seal, next_seal
from app.domain.periods import utc_text
from app.ports.audit import AuditRows, Seals

# Where nothing is done, a seal an hour says so, and the next run has little to look through.
_QUIET = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sealing:
    """`settle`: a row that is so old is there; none can still arrive. Longer than any write takes from its stamp to
    its end, clocks that are behind included. `reach`: the first seal begins so long before its run, unless said."""

    rows: AuditRows
    seals: Seals
    now: Callable[[], datetime]
    settle: timedelta
    reach: timedelta


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a run did. `seal`: the newest afterwards, if there is one. `written`: now, by this run; else it was too
    early for another, or somebody else has just written it."""

    seal: Seal | None
    written: bool


async def seal_trail(job: Sealing, *, since: datetime | None = None) -> Sealed:
    """`since` is for the first seal only. Killed at any point it has done all or nothing; of two at once one wins.

    Raises StoreUnavailable (OutcomeUnknown when the seal may have been written, and running it again settles it), and
    UnreadableRow.
    """
    newest = await job.seals.newest()
    end = job.now() - job.settle
    first, until = newest.until if newest is not None else utc_text(since or end - job.reach), utc_text(end)
    if until <= first:
        return Sealed(newest, written=False)
    digest = Digest()
    async for page in job.rows.rows(first, until):
        for kept in page:
            digest.add(kept.hash)
    if not digest.count and newest is not None and until < _later(first, _QUIET):
        return Sealed(newest, written=False)
    seal = next_seal(newest, since=first, until=until, rows=digest)
    if await job.seals.add(seal):
        return Sealed(seal, written=True)
    there = await job.seals.newest()  # this one where an answer was lost, else another's
    return Sealed(there, written=there == seal)


def _later(instant: str, by: timedelta) -> str:
    return utc_text(datetime.fromisoformat(instant) + by)
