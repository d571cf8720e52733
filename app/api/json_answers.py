"""Answers as JSON, encoded from what was made to be sent."""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

_ENCODER = msgspec.json.Encoder()


def json_response(body: object, headers: Mapping[str, str] | None = None, *, status: int = 200) -> Response:
    """A body of whatever msgspec encodes."""
    return Response(_ENCODER.encode(body), status, media_type="application/json", headers=headers)
