"""A collector of OTLP over HTTP that keeps all it is sent; or one that takes connections and never answers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(slots=True)
class Collector:
    """`bodies`: path and bytes of each request, in order; `headers` of the last one. `status` is what it answers."""

    url: str
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def everything(self) -> bytes:
        """As it came."""
        return b"\n".join(body for _, body in self.bodies)

    def spans(self) -> list[Span]:
        """Of all traces."""
        requests = [ExportTraceServiceRequest.FromString(body) for path, body in self.bodies if path == "/v1/traces"]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def metrics(self) -> dict[str, int]:
        """How many points each metric had when it came last."""
        bodies = [body for path, body in self.bodies if path == "/v1/metrics"]
        request = ExportMetricsServiceRequest.FromString(bodies[-1])
        return {
            metric.name: len(getattr(metric, metric.WhichOneof("data") or "sum").data_points)
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


def attributes(span: Span) -> dict[str, str | int | float]:
    """By name."""
    return {one.key: _value(one) for one in span.attributes}


def _value(one: KeyValue) -> str | int | float:
    value: str | int | float = getattr(one.value, one.value.WhichOneof("value") or "string_value")
    return value


@contextmanager
def collector() -> Iterator[Collector]:
    """Runs in threads of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    one = Collector(f"http://127.0.0.1:{server.server_port}")
    server.collector = one  # type: ignore[attr-defined]  # the handler's way to it
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        one: Collector = self.server.collector  # type: ignore[attr-defined]  # set where the server was made
        one.headers = {name.lower(): value for name, value in self.headers.items()}
        one.bodies.append((self.path, body))
        self.send_response(one.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on standard error."""


@contextmanager
def black_hole() -> Iterator[str]:
    """The address of something that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
