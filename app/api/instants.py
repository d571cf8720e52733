"""An instant as a query parameter: what something was then, or will be if nothing happens."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from app.domain.periods import parse_instant

# Beyond these, zone arithmetic overflows; nothing in here is as old or as far away.
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


def checked_instant(value: object) -> datetime:
    """Raises ValueError with a fixed text."""
    if not isinstance(value, str):
        raise ValueError("must be an instant, YYYY-MM-DDThh:mm:ss and an offset")
    instant = parse_instant(value)
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise ValueError("must be in the years 1970 to 9998")
    return instant


Instant = Annotated[
    datetime, BeforeValidator(checked_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
