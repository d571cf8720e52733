"""What endpoints take from a request, each with what checks it. The checks are FastAPI's own fields."""

from collections.abc import Callable
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.api.json_bodies import parse_json
from app.api.strict_requests import StrictRequest, check_media_type

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an endpoint takes as `argument` and calls `name` outside; `loc` is where errors say it is.

    `validate` is a field's: `(value, values, *, loc) -> (checked value, errors)`.
    """

    argument: str
    name: str
    loc: tuple[str, ...]
    validate: Callable[..., tuple[Any, list[Any]]]

    def take(self, given: Any, arguments: dict[str, Any], errors: list[Any]) -> None:
        """Adds the value to the arguments, or what is wrong with it to the errors."""
        value, found = self.validate(given, {}, loc=self.loc)
        if found:
            errors.extend(found)
        else:
            arguments[self.argument] = value


@dataclass(frozen=True, slots=True)
class OptionalHeader:
    """A header that may be missing: then the argument is `default`, which is not checked."""

    parameter: Parameter
    default: Any

    def take(self, request: StrictRequest, arguments: dict[str, Any], errors: list[Any]) -> None:
        """The first of that name."""
        given = request.header(self.parameter.name.lower().encode("latin-1"))
        if given is None:
            arguments[self.parameter.argument] = self.default
        else:
            self.parameter.take(given, arguments, errors)


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A body that has to be there. It is read before anything is checked, and checked after everything else."""

    parameter: Parameter

    async def read(self, request: StrictRequest) -> Any:
        """For `take`. Raises Problem UNSUPPORTED_MEDIA_TYPE, RequestValidationError for what is no JSON, and
        HTTPException 400 where the client left."""
        media_type = check_media_type(request)
        try:
            content = await request.body()
            if not content:
                return _NOTHING
            return parse_json(content) if _is_application_json(media_type) else content
        except JSONDecodeError as error:
            raise RequestValidationError([_unreadable(error)]) from error
        except ClientDisconnect as left:
            raise HTTPException(400) from left

    def take(self, body: Any, arguments: dict[str, Any], errors: list[Any]) -> None:
        """What `read` made of it."""
        if body is _NOTHING:
            errors.append({"type": "missing", "loc": self.parameter.loc, "msg": "Field required", "input": None})
        else:
            self.parameter.take(body, arguments, errors)


def _is_application_json(media_type: str) -> bool:
    """Others whose names end like JSON's are taken as bytes, in which then no object is found."""
    main_type, _, subtype = media_type.partition("/")
    return main_type == "application" and "/" not in subtype


def _unreadable(error: JSONDecodeError) -> dict[str, Any]:
    return {"type": "json_invalid", "loc": ("body", error.pos), "msg": "", "input": {}, "ctx": {"error": error.msg}}
