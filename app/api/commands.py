"""How every command under a client's own id is answered: done, done before, or refused."""

import hashlib
import json
import re
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel, BeforeValidator, WithJsonSchema

from app.api.errors import problems
from app.api.problems import (
    CONDITION_NOT_MET,
    INSUFFICIENT_POINTS,
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    TRANSACTION_CONFLICT,
    UNSUPPORTED_MEDIA_TYPE,
    VERSION_CONFLICT,
    Kind,
    Problem,
)
from app.commands.posting import Carried, IdTaken, Outcome, TooMuch, Unknown, Unmet, VersionMoved
from app.domain.decisions.following import Insufficient

_VERSION_PATTERN = r'^([0-9]{1,10}|"[0-9]{1,10}")$'


def _checked_version(value: Any) -> Any:
    if not (isinstance(value, str) and re.fullmatch(_VERSION_PATTERN.strip("^$"), value)):
        raise ValueError("must be an account's version, plain or in double quotes")
    return int(value.strip('"'))


IfMatch = Annotated[
    int | None,
    BeforeValidator(_checked_version),
    WithJsonSchema({"type": "string", "pattern": _VERSION_PATTERN}),
    Header(
        alias="If-Match",
        description="The account's version on which this was decided; 0 for one without entries. Where it has moved, "
        "nothing is written",
    ),
]


def fingerprint_of(content: Any) -> str:
    """SHA-256 of what a command says (lists, dicts, texts, integers, booleans, None), whatever the order of keys."""
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def command_responses(model: type[BaseModel], *kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a command's route: `kinds` beside what every command can answer."""
    every = (TRANSACTION_CONFLICT, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE)
    return {200: {"model": model, "description": "Done before; the same body"}, **problems(*every, *kinds)}


def command_response(outcome: Outcome, *, location: str | None = None) -> Response:
    """201, or 200 for a command that had been carried out before, with the body it was answered then. Raises Problem
    for a refusal."""
    if not isinstance(outcome, Carried):
        raise refusal(outcome)
    headers = {"Location": location} if location is not None else {}
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(
        outcome.receipt.answer,
        status_code=200 if outcome.replayed else 201,
        media_type="application/json",
        headers=headers,
    )


def refusal(outcome: IdTaken | Insufficient | VersionMoved | Unknown | TooMuch | Unmet) -> Problem:
    """What a refused command is answered."""
    match outcome:
        case IdTaken():
            return Problem(TRANSACTION_CONFLICT, "Nothing was written. The id was used for something else before.")
        case Insufficient(available, missing):
            members = {"available": available, "missing": missing}
            return Problem(INSUFFICIENT_POINTS, "Nothing was written. The account holds less.", members=members)
        case VersionMoved(actual):
            return Problem(
                VERSION_CONFLICT, "Nothing was written. Look at it again and decide.", members={"actual": actual}
            )
        case TooMuch(left):
            return Problem(
                TRANSACTION_CONFLICT, "Nothing was written. Less is left to be undone.", members={"left": left}
            )
        case Unmet(condition):
            return Problem(
                CONDITION_NOT_MET, "Nothing was written. A condition does not hold.", members={"condition": condition}
            )
        case Unknown():
            return Problem(NOT_FOUND, "Nothing was written. There is nothing with this id.")
