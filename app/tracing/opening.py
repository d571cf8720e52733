"""Telling a collector, from start to stop, where the settings name one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from app.settings import Settings
from app.telemetry import trace_with

if TYPE_CHECKING:
    from app.tracing.exporting import Telemetry

_log = structlog.get_logger("kickbacks.telemetry")
Flush = Callable[[], Awaitable[None]]
"""Sends what has not been sent yet, and waits for it no longer than a bound."""


@asynccontextmanager
async def open_tracing(settings: Settings) -> AsyncIterator[Flush]:
    """To be entered before and left after everything that is to be traced. What is given is for processes that are
    stopped in between; where there is no collector it does nothing."""
    if settings.otel_exporter_otlp_endpoint is None or settings.otel_sdk_disabled:
        yield _nothing
        return
    telemetry = _start(settings, settings.otel_exporter_otlp_endpoint)
    sending = asyncio.create_task(telemetry.send_metrics(settings.otel_metric_export_interval / 1000))
    trace_with(telemetry.spans)
    try:
        yield telemetry.flush
    finally:
        trace_with(None)
        sending.cancel()
        await asyncio.wait([sending])
        if not sending.cancelled():
            _log.error("the metrics are not sent any more", exc_info=sending.exception())
        await telemetry.close()


def _start(settings: Settings, endpoint: str) -> "Telemetry":
    """Loads the SDK, which takes a while and some memory."""
    from opentelemetry.sdk.resources import Resource

    from app.tracing.exporting import Telemetry, over_http

    resource = Resource.create(
        {"service.name": settings.otel_service_name, "deployment.environment.name": settings.environment.value}
    )
    exporters = over_http(endpoint, settings.otel_exporter_otlp_headers.get_secret_value())
    return Telemetry(exporters, resource, settings.trace_millionths)


async def _nothing() -> None:
    """Nobody is told anything."""
