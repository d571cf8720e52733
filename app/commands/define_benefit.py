"""A benefit is defined, or defined anew: versions are only ever added."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.callers import Caller
from app.commands.auditing import DEFINE, done
from app.domain.benefits import Benefit, DefinedBenefit, is_same
from app.domain.periods import utc_text
from app.ports.benefits import Benefits
from app.ports.errors import StoreUnavailable
from app.retrying import Backoff


@dataclass(frozen=True, slots=True)
class Defining:
    """What defining works with, bound once at start."""

    benefits: Benefits
    backoff: Backoff
    now: Callable[[], datetime]
    new_token: Callable[[], str]
    caller: Callable[[], Caller]


@dataclass(frozen=True, slots=True)
class Defined:
    """The version that says it. `written`: now, by this call; else it had been said before."""

    defined: DefinedBenefit
    written: bool


async def define_benefit(benefit: Benefit, *, using: Defining) -> Defined:
    """Writes the next version, unless the newest one says the same. Raises StoreUnavailable; OutcomeUnknown when it
    may have been written, and repeating the call settles it."""
    for attempt in range(using.backoff.attempts):
        if attempt:
            await using.backoff.wait(attempt)
        newest = await using.benefits.newest(benefit.benefit_id)
        if newest is not None and is_same(newest.benefit, benefit):
            return Defined(newest, written=False)
        version = newest.version + 1 if newest is not None else 1
        defined = DefinedBenefit(benefit, version, utc_text(using.now()))
        audit = done(DEFINE, [f"benefit:{benefit.benefit_id}"], caller=using.caller(), at=using.now())
        if await using.benefits.add(defined, audit=audit, token=using.new_token()):
            return Defined(defined, written=True)
    raise StoreUnavailable("the benefit is being defined by too many at once")
