"""A benefit's definition as clients send it, checked."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.api.evidence import AnyValue, Whole
from app.api.instants import Instant
from app.api.schemas import BusinessDate, Category, Id, StrictModel
from app.api.transaction_body import Name
from app.domain.benefits import Benefit, Comparison, Condition, Limit, Per, Value
from app.domain.expiry import RoundUp, Validity
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import KickbackType
from app.domain.periods import utc_text

MAX_CONDITIONS = 20
MAX_VALUES = 20
MAX_TIMES = 1_000_000
_LAST_UNTIL = date(2999, 12, 31)


def _checked_until(day: date) -> date:
    if day > _LAST_UNTIL:
        raise ValueError("must be before the year 3000")
    return day


def _exactly_one(*names: str) -> dict[str, Any]:
    """JSON Schema for: one of these fields is there and not null, and only one."""
    return {"oneOf": [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]}


class ConditionBody(StrictModel):
    """What a field of the evidence must be: exactly one of the comparisons."""

    model_config = ConfigDict(
        title="Condition",
        json_schema_extra={
            "examples": [{"evidence": "watchedPercent", "atLeast": 90}],
            **_exactly_one(*Comparison),
        },
    )

    evidence: Id = Field(description="The name of a field of the evidence")
    at_least: Whole | None = None
    at_most: Whole | None = None
    equals: AnyValue | None = None
    one_of: Annotated[list[AnyValue], Field(min_length=1, max_length=MAX_VALUES)] | None = None
    present: Literal[True] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "ConditionBody":
        if len(self._given()) != 1:
            raise ValueError("give exactly one of atLeast, atMost, equals, oneOf and present")
        return self

    def _given(self) -> dict[Comparison, tuple[Value, ...]]:
        single = {
            Comparison.AT_LEAST: self.at_least,
            Comparison.AT_MOST: self.at_most,
            Comparison.EQUALS: self.equals,
        }
        given: dict[Comparison, tuple[Value, ...]] = {
            name: (value,) for name, value in single.items() if value is not None
        }
        if self.one_of is not None:
            given[Comparison.ONE_OF] = tuple(self.one_of)
        if self.present is not None:
            given[Comparison.PRESENT] = ()
        return given

    def condition(self) -> Condition:
        """In the words of the domain."""
        ((comparison, values),) = self._given().items()
        return Condition(self.evidence, comparison, values)


class LimitBody(StrictModel):
    """How often a user may exercise it."""

    model_config = ConfigDict(title="Limit")

    times: Annotated[int, Field(ge=1, le=MAX_TIMES)]
    per: Annotated[Per, Field(strict=False)]


class ValidityBody(StrictModel):
    """How long what it gives counts: one of `days`, `months` and `until`."""

    model_config = ConfigDict(title="Validity", json_schema_extra=_exactly_one("days", "months", "until"))

    days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    months: Annotated[int, Field(ge=1, le=1200)] | None = None
    until: Annotated[BusinessDate, AfterValidator(_checked_until)] | None = None
    round_up: Annotated[RoundUp, Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "ValidityBody":
        if sum(one is not None for one in (self.days, self.months, self.until)) != 1:
            raise ValueError("give exactly one of days, months and until")
        return self


EXAMPLE: dict[str, Any] = {
    "name": "動画を最後まで見た",
    "trigger": "VIDEO_WATCHED",
    "type": "POINT",
    "amount": 20,
    "conditions": [{"evidence": "watchedPercent", "atLeast": 90}],
    "limit": {"times": 3, "per": "DAY"},
    "validity": {"days": 30},
}


class BenefitBody(StrictModel):
    """A benefit: what for, how much, on which conditions, how often. `validFrom` and `validTo` are both included."""

    model_config = ConfigDict(title="Benefit", json_schema_extra={"examples": [EXAMPLE]})

    name: Name
    trigger: Category = Field(description="SIGN_UP, PROFILE_COMPLETED, VIDEO_WATCHED, CAMPAIGN or any other word")
    type: Annotated[KickbackType, Field(strict=False)]
    amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
    conditions: Annotated[list[ConditionBody], Field(max_length=MAX_CONDITIONS)] = Field([])
    limit: LimitBody = Field(LimitBody(times=1, per=Per.EVER), description="Once ever, unless it says otherwise")
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    validity: ValidityBody | None = Field(None, description="Without it, as long as its type counts")

    @model_validator(mode="after")
    def _in_order(self) -> "BenefitBody":
        if self.valid_from is not None and self.valid_to is not None and self.valid_from > self.valid_to:
            raise ValueError("validFrom must not be after validTo")
        return self

    def benefit(self, benefit_id: str) -> Benefit:
        """In the words of the domain."""
        one = self.validity
        return Benefit(
            benefit_id=benefit_id,
            name=self.name,
            trigger=self.trigger,
            kind=self.type,
            amount=self.amount,
            conditions=tuple(condition.condition() for condition in self.conditions),
            limit=Limit(self.limit.times, self.limit.per),
            valid_from=utc_text(self.valid_from) if self.valid_from is not None else None,
            valid_to=utc_text(self.valid_to) if self.valid_to is not None else None,
            validity=Validity(one.days, one.months, one.until, one.round_up) if one is not None else None,
        )
