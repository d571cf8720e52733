"""Benefits and their exercises as clients receive them."""

from typing import Any

from pydantic import Field

from app.api.command_answers import CommandAnswer, CommandLedgerAnswer
from app.api.schemas import Answer
from app.domain.benefits import Benefit, Comparison, Condition, DefinedBenefit


class BenefitAnswer(Answer):
    """One version of a definition. What was left out is null; instants are in UTC."""

    benefit_id: str = Field(examples=["video"])
    version: int = Field(examples=[1])
    name: str
    trigger: str = Field(examples=["VIDEO_WATCHED"])
    type: str = Field(examples=["POINT"])
    amount: int = Field(examples=[20])
    conditions: list[dict[str, Any]] = Field(examples=[[{"evidence": "watchedPercent", "atLeast": 90}]])
    limit: dict[str, Any] = Field(examples=[{"times": 3, "per": "DAY"}])
    valid_from: str | None
    valid_to: str | None
    validity: dict[str, Any] | None = Field(examples=[{"days": 30}])
    created_at: str


class ExerciseLedgerAnswer(CommandLedgerAnswer):
    """The entry it earned, and the last day on which that counts; null: for ever."""

    expires_on: str | None = Field(examples=["2023-05-31"])


class ExerciseAnswer(CommandAnswer):
    """What was exercised and earned. `number` counts the user's exercises of this benefit."""

    exercise_id: str
    benefit_id: str
    evidence: dict[str, Any]
    benefit_version: int
    trigger: str
    number: int
    ledger: ExerciseLedgerAnswer


def benefit_document(defined: DefinedBenefit) -> dict[str, Any]:
    """As it was defined, with everything that may be left out filled in."""
    benefit = defined.benefit
    return {
        "benefitId": benefit.benefit_id,
        "version": defined.version,
        "name": benefit.name,
        "trigger": benefit.trigger,
        "type": benefit.kind.value,
        "amount": benefit.amount,
        "conditions": [_condition_document(one) for one in benefit.conditions],
        "limit": {"times": benefit.limit.times, "per": benefit.limit.per.value},
        "validFrom": benefit.valid_from,
        "validTo": benefit.valid_to,
        "validity": _validity_document(benefit),
        "createdAt": defined.created_at,
    }


def _condition_document(condition: Condition) -> dict[str, Any]:
    match condition.comparison:
        case Comparison.PRESENT:
            value: Any = True
        case Comparison.ONE_OF:
            value = list(condition.values)
        case _:
            (value,) = condition.values
    return {"evidence": condition.field, condition.comparison.value: value}


def _validity_document(benefit: Benefit) -> dict[str, Any] | None:
    if benefit.validity is None:
        return None
    one = benefit.validity
    fields = {
        "days": one.days,
        "months": one.months,
        "until": one.until.isoformat() if one.until else None,
        "roundUp": one.round_up.value if one.round_up else None,
    }
    return {name: value for name, value in fields.items() if value is not None}
