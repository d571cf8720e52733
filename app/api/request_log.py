"""The log line of a request. There is one for each, so it does not take structlog's way; its fields are the same."""

import logging
from datetime import UTC, datetime
from typing import Literal

import msgspec

from app.logs import line_writer


class RequestLine(msgspec.Struct, frozen=True):
    """One request and its answer, as it is logged. `ms` is the time until the answer had been sent."""

    request_id: str
    method: str
    route: str
    status: int
    ms: float
    ddb_calls: int
    client_left: bool | msgspec.UnsetType
    trace_id: str | msgspec.UnsetType
    event: Literal["request"]
    level: Literal["debug", "info"]
    timestamp: datetime


class RequestLog:
    """Made when the logs have been configured."""

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._info = line_writer(logging.INFO)
        self._debug = line_writer(logging.DEBUG)

    def write(
        self,
        request_id: str,
        method: str,
        route: str,
        status: int,
        *,
        seconds: float,
        calls: int,
        client_left: bool,
        trace_id: str | None = None,
    ) -> None:
        """`route` is the template, never the path, which holds ids."""
        quiet = status < 400 and route.startswith("/health/")  # asked every few seconds, for ever
        write = self._debug if quiet else self._info
        if write is None:
            return
        line = RequestLine(
            request_id,
            method,
            route,
            status,
            round(seconds * 1000, 1),
            calls,
            client_left or msgspec.UNSET,
            trace_id or msgspec.UNSET,
            "request",
            "debug" if quiet else "info",
            datetime.now(UTC),
        )
        write(self._encode(line).decode())
