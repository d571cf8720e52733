"""A benefit (特典): what somebody gets for something other than a purchase, on which conditions, and how often.

Its exercise is an entity of its own; the ledger only knows the cause. So a new kind of trigger (signing up, watching a
video, a campaign) is data: it touches neither the ledger nor this.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType

Value = str | int | bool
Evidence = Mapping[str, Value]
"""What is shown as proof, by field name."""


class Comparison(StrEnum):
    """How a field of the evidence is judged. Stored; renaming a member is a migration."""

    AT_LEAST = "atLeast"
    AT_MOST = "atMost"
    EQUALS = "equals"
    ONE_OF = "oneOf"
    PRESENT = "present"


class Per(StrEnum):
    """The business period in which exercises are counted. Stored; renaming a member is a migration."""

    EVER = "EVER"
    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"


@dataclass(frozen=True, slots=True)
class Condition:
    """One field of the evidence must be there and compare to `values`: one, several for ONE_OF, none for PRESENT."""

    field: str
    comparison: Comparison
    values: tuple[Value, ...] = ()

    @property
    def text(self) -> str:
        """'watchedPercent atLeast 90', 'plan oneOf "GOLD", "SILVER"', 'videoId present'"""
        values = ", ".join(json.dumps(value, ensure_ascii=False) for value in self.values)
        return f"{self.field} {self.comparison.value} {values}".rstrip()

    def holds(self, evidence: Evidence) -> bool:
        """Integers are compared as numbers; texts, integers and booleans are never equal to each other."""
        given = evidence.get(self.field)
        if given is None:
            return False
        match self.comparison:
            case Comparison.PRESENT:
                return True
            case Comparison.EQUALS | Comparison.ONE_OF:
                return any(type(given) is type(value) and given == value for value in self.values)
            case Comparison.AT_LEAST | Comparison.AT_MOST:
                return self._compares(given)

    def _compares(self, given: Value) -> bool:
        (bound,) = self.values
        if type(given) is not int or type(bound) is not int:  # True is an int to isinstance
            return False
        return given >= bound if self.comparison is Comparison.AT_LEAST else given <= bound


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` exercises for each user in a period."""

    times: int = 1
    per: Per = Per.EVER

    @property
    def text(self) -> str:
        """'limit: 1 EVER'"""
        return f"limit: {self.times} {self.per.value}"


@dataclass(frozen=True, slots=True)
class Benefit:
    """A definition. `valid_from` and `valid_to` are UTC texts, both included; without a `validity` what it gives counts
    as long as its type does."""

    benefit_id: str
    name: str
    trigger: str
    kind: KickbackType
    amount: int
    conditions: tuple[Condition, ...] = ()
    limit: Limit = Limit()
    valid_from: str | None = None
    valid_to: str | None = None
    validity: Validity | None = None

    @property
    def source(self) -> str:
        """What its lots are named after: 'BENEFIT:sign-up'."""
        return f"BENEFIT:{self.benefit_id}"


@dataclass(frozen=True, slots=True)
class DefinedBenefit:
    """One version of a definition. Versions are 1, 2, 3 ... and are only ever added; the newest one counts."""

    benefit: Benefit
    version: int
    created_at: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, numbered 1, 2, 3 ... among the user's exercises of this benefit, whatever version judged it.

    `day` is the business day on which it counts; it never goes back from one number to the next.
    """

    user_id: str
    benefit_id: str
    exercise_id: str
    number: int
    benefit_version: int
    evidence: Evidence
    day: date
    created_at: str


def is_same(one: Benefit, other: Benefit) -> bool:
    """Whether two definitions say the same. (`==` takes True for 1.)"""
    return one == other and [x.text for x in one.conditions] == [x.text for x in other.conditions]


def unmet_condition(benefit: Benefit, evidence: Evidence, *, at: str) -> str | None:
    """The first condition that does not hold at an instant (UTC text), in words; None when all hold."""
    if benefit.valid_from is not None and at < benefit.valid_from:
        return "validFrom"
    if benefit.valid_to is not None and at > benefit.valid_to:
        return "validTo"
    return next((one.text for one in benefit.conditions if not one.holds(evidence)), None)


def same_period(per: Per, one: date, other: date) -> bool:
    """Whether two business days lie in one period of counting."""
    match per:
        case Per.EVER:
            return True
        case Per.DAY:
            return one == other
        case Per.MONTH:
            return (one.year, one.month) == (other.year, other.month)
        case Per.YEAR:
            return one.year == other.year
