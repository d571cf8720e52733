"""What schemathesis is told about this service. Loaded by SCHEMATHESIS_HOOKS."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_: Any, value: Any) -> bytes:
    """The batch's body: any text, line feeds and all."""
    return str(value).encode("utf-8", "replace")
