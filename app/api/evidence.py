"""Evidence: a flat object of texts, whole numbers and truth values, checked without naming what was sent."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.domain.benefits import Value
from app.domain.identifiers import ID_PATTERN, MAX_AMOUNT, check_id
from app.domain.texts import MAX_TEXT_LENGTH, clean_text

MAX_FIELDS = 20


def _checked_value(value: Any) -> Value:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and -MAX_AMOUNT <= value <= MAX_AMOUNT:
        return value
    raise ValueError("must be a text, a whole number of at most 10^12, true or false")


def _checked_evidence(value: Any) -> dict[str, Value]:
    """In one step, so that no error names a field that was sent."""
    if not isinstance(value, dict):
        raise ValueError("must be an object")
    if len(value) > MAX_FIELDS:
        raise ValueError(f"must have at most {MAX_FIELDS} fields")
    return {_checked_name(name): _checked_value(one) for name, one in value.items()}


def _checked_name(name: str) -> str:
    try:
        return check_id(name)
    except ValueError as error:
        raise ValueError(f"names {error}") from None


_VALUE_SCHEMA = {
    "anyOf": [
        {"type": "string", "maxLength": MAX_TEXT_LENGTH},
        {"type": "integer", "minimum": -MAX_AMOUNT, "maximum": MAX_AMOUNT},
        {"type": "boolean"},
    ]
}
_EVIDENCE_SCHEMA = {
    "type": "object",
    "maxProperties": MAX_FIELDS,
    "propertyNames": {"pattern": ID_PATTERN},
    "additionalProperties": _VALUE_SCHEMA,
}
AnyValue = Annotated[Value, BeforeValidator(_checked_value), WithJsonSchema(_VALUE_SCHEMA)]
EvidenceFields = Annotated[
    dict[str, Any],
    BeforeValidator(_checked_evidence),
    WithJsonSchema({**_EVIDENCE_SCHEMA, "examples": [{"videoId": "v1", "watchedPercent": 95}]}),
]
Whole = Annotated[int, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
