"""Which hours of the audit trail there is something to read in: those that no seal says nothing was done in."""

from collections.abc import AsyncIterator

from app.domain.audit import hours_back
from app.ports.audit import Seals

_EVER = "0000"


async def hours_with_rows(seals: Seals, first: str, last: str) -> AsyncIterator[str]:
    """The hours between two instants (UTC texts), newest first, each once. Hours before the chain of seals begins have
    no rows; where there is no seal at all, every hour may have."""
    newest: str | None = None
    async for since, until in _spans(seals, last):
        for hour in hours_back(min(until, last), max(since, first)):
            if newest is None or hour < newest:
                newest = hour
                yield hour
        if since <= first:
            return


async def _spans(seals: Seals, last: str) -> AsyncIterator[tuple[str, str]]:
    """From and until of what is not sealed, or sealed with rows in it, newest first."""
    edge: str | None = None
    async for page in seals.back(last):
        for seal in page:
            if edge is None or seal.until < edge:
                yield seal.until, edge or last
            if seal.count:
                yield seal.since, seal.until
            edge = seal.since
    if edge is None:
        yield _EVER, last
