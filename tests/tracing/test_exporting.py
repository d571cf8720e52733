"""What comes to a collector; and that one which does not answer costs nobody anything."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from app.settings import Environment, Settings
from app.telemetry import REGISTRY, count_request, spend, start_cost, trace_request
from app.tracing import open_tracing
from app.tracing.exporting import FLUSH_SECONDS
from app.tracing.opening import Flush
from tests.tracing.collector import attributes, black_hole, collector

HEADERS = {b"traceparent": b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


def settings(endpoint: str | None, **changes: object) -> Settings:
    chosen = {"environment": Environment.LOCAL, "otel_exporter_otlp_endpoint": endpoint, **changes}
    return Settings.model_validate(chosen)


@asynccontextmanager
async def telling(endpoint: str | None, **changes: object) -> AsyncIterator[Flush]:
    async with open_tracing(settings(endpoint, **changes)) as flush:
        yield flush


def answer(request_id: str) -> None:
    """A request, as the layers around every request treat it."""
    cost = start_cost()
    trace_request(cost, HEADERS, request_id)
    spend("query", "ok", table="views", seconds=0.01, read_units=0.5)
    count_request("GET", "/users/{id}/ledger", 200, seconds=0.02, cost=cost)


def exports(signal: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("kickbacks_telemetry_exports_total", {"signal": signal, "outcome": outcome}) or 0.0


async def test_stopping_sends_traces_and_metrics() -> None:
    before = exports("traces", "ok"), exports("metrics", "ok")
    with collector() as one:
        async with telling(one.url, otel_exporter_otlp_headers=SecretStr("x-key=secret-key"), otel_service_name="shop"):
            answer("id-1")
        call, request = one.spans()
        assert (call.name, request.name) == ("Query views", "GET /users/{id}/ledger")
        assert call.parent_span_id == request.span_id
        assert request.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
        assert attributes(request)["kickbacks.request_id"] == "id-1"
        assert one.metrics()["kickbacks_dynamodb_calls_total"] >= 1
        assert one.metrics()["kickbacks_dynamodb_call_seconds"] >= 1
        assert one.headers["x-key"] == "secret-key"
        assert b"shop" in one.everything()
        assert b"secret-key" not in one.everything()
    assert (exports("traces", "ok"), exports("metrics", "ok")) == (before[0] + 1, before[1] + 1)
    assert start_cost().trace is None, "nothing is traced any more"


async def test_metrics_are_sent_now_and_then() -> None:
    with collector() as one:
        async with telling(one.url, otel_metric_export_interval=1000):
            async with asyncio.timeout(10):
                while len(one.bodies) < 2:  # noqa: ASYNC110 - another thread fills it
                    await asyncio.sleep(0.05)
        assert len({path for path, _ in one.bodies}) == 1
        assert "kickbacks_write_retries_total" in one.metrics()


async def test_what_there_is_can_be_sent_in_between() -> None:
    with collector() as one:
        async with telling(one.url) as flush:
            answer("id-1")
            await flush()
            assert len(one.spans()) == 2
            answer("id-2")
            await flush()
            assert len(one.spans()) == 4


async def test_a_collector_that_never_answers_holds_nobody_up() -> None:
    with black_hole() as url:
        async with telling(url, otel_metric_export_interval=1000):
            slowest = 0.0
            for number in range(5000):  # more than there is room for
                began = time.perf_counter()
                answer(f"id-{number}")
                slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(1.2)  # meanwhile metrics are sent, too
            stopping = time.monotonic()
        stopped = time.monotonic()
    # Whoever waited for the collector would wait for the ten seconds after which sending is given up.
    assert slowest < 5
    assert stopped - stopping < FLUSH_SECONDS + 5


async def test_a_collector_that_is_not_there_or_refuses_is_counted() -> None:
    before = exports("traces", "failed"), exports("metrics", "failed")
    with collector() as one:
        one.status = 400
        async with telling(one.url):
            answer("id-1")
        assert len(one.bodies) == 2, "not again: it would not take it"
    # What an earlier test left hanging may have ended meanwhile, too.
    assert exports("traces", "failed") >= before[0] + 1
    assert exports("metrics", "failed") >= before[1] + 1


@pytest.mark.parametrize(("endpoint", "disabled"), [(None, False), ("http://localhost:1", True)])
async def test_without_a_collector_there_is_nothing(endpoint: str | None, disabled: bool) -> None:
    async with telling(endpoint, otel_sdk_disabled=disabled) as flush:
        await flush()
        cost = start_cost()
        trace_request(cost, HEADERS, "id")
        assert cost.trace is None


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    program = (
        "import sys\n"
        "from app.bootstrap import create_app, run_projector\n"
        "from app.settings import Environment, Settings\n"
        "create_app(Settings(environment=Environment.LOCAL))\n"
        "loaded = [name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter',"
        " 'google.protobuf', 'requests'))]\n"
        "sys.exit(' '.join(loaded) or 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"otel_exporter_otlp_endpoint": "collector:4318"}, "otel_exporter_otlp_endpoint"),
        ({"otel_exporter_otlp_endpoint": "ftp://collector"}, "otel_exporter_otlp_endpoint"),
        ({"otel_exporter_otlp_endpoint": "https://name:canary@collector"}, "otel_exporter_otlp_endpoint"),
        ({"otel_exporter_otlp_endpoint": "https://collector?key=canary"}, "otel_exporter_otlp_endpoint"),
        (
            {"otel_exporter_otlp_endpoint": "http://collector:4318", "otel_exporter_otlp_headers": "k=canary"},
            "must be an https address",
        ),
        ({"otel_exporter_otlp_protocol": "grpc"}, "otel_exporter_otlp_protocol"),
        ({"trace_sample_millionths": 1_000_001}, "trace_sample_millionths"),
        ({"otel_metric_export_interval": 10}, "otel_metric_export_interval"),
    ],
)
def test_settings_that_cannot_be_meant(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named) as raised:
        Settings.model_validate({"environment": Environment.LOCAL, **wrong})
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    ("endpoint", "headers"),
    [
        ("http://collector:4318", ""),
        ("http://localhost:4318", "k=v"),
        ("http://127.0.0.1:4318/", "k=v"),
        ("https://collector.example.com/otlp", "k=v"),
    ],
)
def test_settings_that_are_good(endpoint: str, headers: str) -> None:
    good = settings(endpoint, otel_exporter_otlp_headers=headers)
    assert good.otel_exporter_otlp_endpoint == endpoint.rstrip("/")


def test_a_developer_sees_all_traces_and_production_one_in_a_hundred() -> None:
    assert settings("http://localhost:4318").trace_millionths == 1_000_000
    assert Settings(environment=Environment.PRODUCTION).trace_millionths == 10_000
    assert settings("http://localhost:4318", trace_sample_millionths=0).trace_millionths == 0
