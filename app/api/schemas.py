"""What all schemas share: strictness, and the fields that come again and again.

Every validator's message is fixed text, so that no answer repeats what was sent.
"""

from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar

from fastapi.openapi.models import Example
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from app.domain.identifiers import CATEGORY_PATTERN, ID_PATTERN, MAX_AMOUNT, check_category, check_id
from app.domain.periods import parse_date


class StrictModel(BaseModel):
    """Refuses unknown fields, naming the nearest known one but never the unknown, and converts nothing."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )

    _known: ClassVar[dict[str, None]] = {}
    """The names that clients use."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Called once for each model, when its fields are there."""
        cls._known = {info.alias or name: None for name, info in cls.model_fields.items()}

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, given: Any) -> Any:
        if isinstance(given, dict) and not given.keys() <= cls._known.keys():
            unknown = next(name for name in given if name not in cls._known)
            near = get_close_matches(str(unknown), cls._known, n=1, cutoff=0.6)
            raise ValueError(f"unknown field; did you mean `{near[0]}`?" if near else "unknown field")
        return given


class Answer(BaseModel):
    """Shapes of answers. They document; answers are not built from them."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow")


def _checked_date(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError("must be a date, YYYY-MM-DD")
    return parse_date(value)


def _whole_number(value: Any) -> Any:
    """Query parameters are text: only plain ASCII digits make a number."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= 6):
            raise ValueError("must be a whole number")
        return int(value)
    return value


Id = Annotated[str, AfterValidator(check_id), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})]
Category = Annotated[
    str, AfterValidator(check_category), WithJsonSchema({"type": "string", "pattern": CATEGORY_PATTERN})
]
BusinessDate = Annotated[date, BeforeValidator(_checked_date), WithJsonSchema({"type": "string", "format": "date"})]
Limit = Annotated[
    int,
    BeforeValidator(_whole_number),
    Field(ge=1, le=200),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 200}),
]
Cursor = Annotated[str, Field(min_length=1, max_length=2048)]
Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]


def example(value: str) -> dict[str, Example]:
    """A path parameter's example in the form that Swagger UI fills in. The demo purchases answer to it."""
    return {"demo": {"summary": value, "value": value}}
