"""Benefits and their exercises as DynamoDB items and back. Renaming an attribute is a migration.

Conditions, validity and evidence are one JSON text each: nobody asks storage about what is in them.
"""

from datetime import date

import msgspec

from app.domain.benefits import Benefit, Comparison, Condition, DefinedBenefit, Exercise, Limit, Per, Value
from app.domain.expiry import RoundUp, Validity
from app.domain.kickbacks import KickbackType
from app.store import keys
from app.store.wire import Item, Number, Text, number, text


class BenefitRow(msgspec.Struct, kw_only=True):
    """A stored version of a definition."""

    benefitId: Text
    version: Number
    name: Text
    trigger: Text
    benefitType: Text
    amount: Number
    conditions: Text
    times: Number
    per: Text
    validFrom: Text | None = None
    validTo: Text | None = None
    validity: Text | None = None
    createdAt: Text


class ExerciseRow(msgspec.Struct, kw_only=True):
    """A stored exercise."""

    userId: Text
    benefitId: Text
    exerciseId: Text
    number: Number
    benefitVersion: Number
    evidence: Text
    exercisedOn: Text
    createdAt: Text


class _ConditionText(msgspec.Struct):
    field: str
    comparison: Comparison
    values: list[Value]


class _ValidityText(msgspec.Struct, omit_defaults=True):
    days: int | None = None
    months: int | None = None
    until: date | None = None
    roundUp: RoundUp | None = None


def benefit_item(defined: DefinedBenefit) -> Item:
    """The item of a version."""
    benefit = defined.benefit
    conditions = [_ConditionText(one.field, one.comparison, list(one.values)) for one in benefit.conditions]
    item: Item = {
        "PK": text(keys.benefit_pk(benefit.benefit_id)),
        "SK": text(keys.benefit_sk(defined.version)),
        "benefitId": text(benefit.benefit_id),
        "version": number(defined.version),
        "name": text(benefit.name),
        "trigger": text(benefit.trigger),
        "benefitType": text(benefit.kind.value),
        "amount": number(benefit.amount),
        "conditions": text(msgspec.json.encode(conditions).decode()),
        "times": number(benefit.limit.times),
        "per": text(benefit.limit.per.value),
        "createdAt": text(defined.created_at),
    }
    if benefit.valid_from is not None:
        item["validFrom"] = text(benefit.valid_from)
    if benefit.valid_to is not None:
        item["validTo"] = text(benefit.valid_to)
    if benefit.validity is not None:
        one = benefit.validity
        stored = _ValidityText(one.days, one.months, one.until, one.round_up)
        item["validity"] = text(msgspec.json.encode(stored).decode())
    return item


def benefit_of(row: BenefitRow) -> DefinedBenefit:
    """The version a row holds. Raises ValueError and msgspec's errors."""
    conditions = msgspec.json.decode(row.conditions.S, type=list[_ConditionText])
    benefit = Benefit(
        benefit_id=row.benefitId.S,
        name=row.name.S,
        trigger=row.trigger.S,
        kind=KickbackType(row.benefitType.S),
        amount=int(row.amount.N),
        conditions=tuple(Condition(one.field, one.comparison, tuple(one.values)) for one in conditions),
        limit=Limit(int(row.times.N), Per(row.per.S)),
        valid_from=row.validFrom.S if row.validFrom else None,
        valid_to=row.validTo.S if row.validTo else None,
        validity=_validity(row.validity.S) if row.validity else None,
    )
    return DefinedBenefit(benefit, int(row.version.N), row.createdAt.S)


def exercise_item(exercise: Exercise) -> Item:
    """The item of an exercise."""
    return {
        "PK": text(keys.user_pk(exercise.user_id)),
        "SK": text(keys.exercise_sk(exercise.benefit_id, exercise.number)),
        "userId": text(exercise.user_id),
        "benefitId": text(exercise.benefit_id),
        "exerciseId": text(exercise.exercise_id),
        "number": number(exercise.number),
        "benefitVersion": number(exercise.benefit_version),
        "evidence": text(msgspec.json.encode(exercise.evidence).decode()),
        "exercisedOn": text(exercise.day.isoformat()),
        "createdAt": text(exercise.created_at),
    }


def exercise_of(row: ExerciseRow) -> Exercise:
    """The exercise a row holds. Raises ValueError and msgspec's errors."""
    return Exercise(
        user_id=row.userId.S,
        benefit_id=row.benefitId.S,
        exercise_id=row.exerciseId.S,
        number=int(row.number.N),
        benefit_version=int(row.benefitVersion.N),
        evidence=msgspec.json.decode(row.evidence.S, type=dict[str, Value]),
        day=date.fromisoformat(row.exercisedOn.S),
        created_at=row.createdAt.S,
    )


def _validity(stored: str) -> Validity:
    one = msgspec.json.decode(stored, type=_ValidityText)
    return Validity(one.days, one.months, one.until, one.roundUp)
