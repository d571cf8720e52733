"""Query parameters as FastAPI reads them for the rivals."""

from datetime import date
from typing import Annotated

from fastapi import Query

First = Annotated[date | None, Query(alias="from")]
Last = Annotated[date | None, Query(alias="to")]
FirstDay = Annotated[date, Query(alias="from")]
LastDay = Annotated[date, Query(alias="to")]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Limit = Annotated[int, Query(ge=1, le=200)]
