"""What is refused in every request, and the body as it is read."""

from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.requests import ClientDisconnect

from app.api.json_bodies import parse_json
from app.api.problems import UNSUPPORTED_MEDIA_TYPE, Problem, invalid

_JSON = "application/json"


class StrictRequest(Request):
    """A request whose JSON is read by our own rules."""

    async def body(self) -> bytes:
        """All of it, without Starlette's generators. Raises ClientDisconnect."""
        if not hasattr(self, "_body"):
            chunks, more = [], True
            while more:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunks.append(message.get("body", b""))
                more = message.get("more_body", False)
            self._body = b"".join(chunks)
        return self._body

    def header(self, name: bytes) -> str | None:
        """The first of that name, which is in lower case. (Starlette's own is made anew for each request.)"""
        for given, value in self.scope["headers"]:
            if given == name:
                return str(value, "latin-1")
        return None

    async def json(self) -> Any:
        """The body by our own rules. Raises json.JSONDecodeError, which becomes a validation error."""
        return parse_json(await self.body())


def query_parameters(query_string: bytes, *, known: bool) -> dict[str, str]:
    """By name. Raises Problem VALIDATION_FAILED for a repeated one, and for any where none are `known`."""
    if not query_string:
        return {}
    given = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    if given and not known:
        raise invalid("/query", "no parameters are known here")
    parameters = dict(given)
    if len(parameters) != len(given):
        raise invalid("/query", "a parameter must not be given twice")
    return parameters


def check_media_type(request: StrictRequest) -> str:
    """The body's media type, in lower case. Raises Problem UNSUPPORTED_MEDIA_TYPE for any but JSON."""
    given = request.header(b"content-type") or ""
    if given == _JSON:
        return given  # as nearly always
    media_type = given.partition(";")[0].strip().lower()
    if media_type != _JSON and not media_type.endswith("+json"):
        raise Problem(UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.")
    return media_type
