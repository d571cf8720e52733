"""Fields that hold something personal. What is made of them shows itself to nobody, and no error repeats it."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from app.domain.card_tokens import card_number
from app.domain.personal import (
    MAX_EXTERNAL_LENGTH,
    Birthday,
    CardNumber,
    Email,
    PersonName,
    Subject,
    birthday,
    email,
    external_text,
    person_name,
    subject,
)
from app.domain.texts import MAX_TEXT_LENGTH

_T = TypeVar("_T")
_EXTERNAL = {"type": "string", "minLength": 1, "maxLength": MAX_EXTERNAL_LENGTH}


def _of_text(make: Callable[[str], _T]) -> Callable[[Any], _T]:
    def made(value: Any) -> _T:
        if not isinstance(value, str):
            raise ValueError("must be a text")
        return make(value)

    return made


PersonNameField = Annotated[
    PersonName,
    PlainValidator(_of_text(person_name)),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_TEXT_LENGTH}),
]
EmailField = Annotated[
    Email, PlainValidator(_of_text(email)), WithJsonSchema({"type": "string", "format": "email", "maxLength": 254})
]
BirthdayField = Annotated[
    Birthday, PlainValidator(_of_text(birthday)), WithJsonSchema({"type": "string", "format": "date"})
]
SubjectField = Annotated[Subject, PlainValidator(_of_text(subject)), WithJsonSchema(_EXTERNAL)]
Issuer = Annotated[str, AfterValidator(external_text), WithJsonSchema(_EXTERNAL)]
CardNumberField = Annotated[
    CardNumber,
    PlainValidator(_of_text(card_number)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]([ -]*[0-9]){12,18}$", "maxLength": 64, "writeOnly": True}),
]
