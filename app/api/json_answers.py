"""Answers as JSON, encoded from what was made to be sent."""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

_ENCODER = msgspec.json.Encoder()
_JSON = (b"content-type", b"application/json")


class JsonBytes(Response):
    """JSON that is encoded already. It has the headers that Starlette would make for it, which are not looked for
    among those that are given."""

    media_type = "application/json"

    def __init__(self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [
            *[(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in (headers or {}).items()],
            (b"content-length", b"%d" % len(body)),
            _JSON,
        ]


def json_response(body: object, headers: Mapping[str, str] | None = None, *, status: int = 200) -> Response:
    """A body of whatever msgspec encodes."""
    return JsonBytes(_ENCODER.encode(body), status, headers)
