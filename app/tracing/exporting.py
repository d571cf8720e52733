"""The OpenTelemetry SDK as this service sets it up. Only loaded when there is a collector."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.util.re import parse_env_headers

from app.telemetry import REGISTRY, TELEMETRY_EXPORTS
from app.tracing.aside import aside
from app.tracing.bridge import Bridge
from app.tracing.keeping import Keeping
from app.tracing.spans import Spans

FLUSH_SECONDS = 2.0
"""How long stopping waits at most for what has not been sent yet."""
_log = structlog.get_logger("kickbacks.telemetry")


@dataclass(frozen=True, slots=True)
class Exporters:
    """Where traces and metrics go."""

    spans: SpanExporter
    metrics: MetricExporter


def over_http(endpoint: str, headers: str) -> Exporters:
    """OTLP over HTTP. Timeouts, compression and certificates are by the SDK's own variables."""
    given = parse_env_headers(headers, liberal=True)
    return Exporters(
        OTLPSpanExporter(f"{endpoint}/v1/traces", headers=given),
        OTLPMetricExporter(f"{endpoint}/v1/metrics", headers=given),
    )


class Telemetry:
    """What runs while there is a collector. Made on the event loop, on which the metrics are read."""

    def __init__(self, exporters: Exporters, resource: Resource, millionths: int) -> None:
        self._exporters = exporters
        self._provider = TracerProvider(ALWAYS_ON, resource, shutdown_on_exit=False)
        # Its queue is bounded: what a collector does not take in time is dropped, and the service goes on.
        self._sent_spans = _Counted(exporters.spans)
        self._batches = BatchSpanProcessor(self._sent_spans)
        self._provider.add_span_processor(self._batches)
        self._bridge = Bridge(REGISTRY, resource, time.time_ns(), time.time_ns)
        tracer = self._provider.get_tracer("kickbacks")
        self.spans = Spans(tracer, Keeping(millionths, random.getrandbits), time.time_ns)

    async def send_metrics(self, every_seconds: float) -> None:
        """Now and then, until it is cancelled."""
        while True:
            await asyncio.sleep(every_seconds)
            await aside(self._sending())

    async def flush(self) -> None:
        """Sends what there is, within FLUSH_SECONDS."""
        await self._within(self._batches.force_flush, self._sending())

    async def close(self) -> None:
        """The same, and ends: nothing is sent any more."""
        await self._within(self._provider.shutdown, self._sending())
        # Whatever still hangs is not tried again.
        self._sent_spans.shutdown()
        self._exporters.metrics.shutdown()

    async def _within(self, *works: Callable[[], object]) -> None:
        sent = await asyncio.gather(*(aside(work, FLUSH_SECONDS) for work in works))
        if not all(sent):
            _log.warning("the collector did not take everything in time")

    def _sending(self) -> Callable[[], None]:
        metrics = self._bridge.metrics()

        def send() -> None:
            result = self._exporters.metrics.export(metrics)
            _count("metrics", ok=result is MetricExportResult.SUCCESS)

        return send


class _Counted(SpanExporter):
    """Counts how often sending succeeds."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._ended = False

    def export(self, spans: Any) -> SpanExportResult:
        """A batch of them."""
        result = self._exporter.export(spans)
        _count("traces", ok=result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        """Nothing more will come. May be called more than once."""
        if not self._ended:
            self._ended = True
            self._exporter.shutdown()


def _count(signal: str, *, ok: bool) -> None:
    TELEMETRY_EXPORTS.labels(signal, "ok" if ok else "failed").inc()
