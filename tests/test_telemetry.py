"""What is counted, where it is booked, and who hears of it."""

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from prometheus_client import generate_latest

from app.telemetry import (
    REGISTRY,
    Cost,
    count_request,
    counting_batch,
    spend,
    start_cost,
    trace_request,
    trace_with,
)


def capacity(kind: str) -> float:
    labels = {"table": "views", "kind": kind}
    return REGISTRY.get_sample_value("kickbacks_dynamodb_capacity_units_total", labels) or 0


@pytest.mark.parametrize(
    ("cost", "header"),
    [
        (Cost(), 'ddb;dur=0.0, rcu;desc="0"'),
        (Cost(seconds=0.0031, read_units=0.5), 'ddb;dur=3.1, rcu;desc="0.5"'),
        (Cost(seconds=1.5, read_units=12.0, write_units=8.0), 'ddb;dur=1500.0, rcu;desc="12", wcu;desc="8"'),
    ],
)
def test_the_server_timing_header(cost: Cost, header: str) -> None:
    assert cost.server_timing() == header


async def test_tasks_of_a_request_are_booked_on_it_and_other_requests_are_not() -> None:
    async def call(units: float) -> None:
        await asyncio.sleep(0)
        spend("query", "ok", table="views", seconds=0.25, read_units=units)

    async def request(calls: int) -> Cost:
        cost = start_cost()
        await asyncio.gather(*(call(0.5) for _ in range(calls)))
        return cost

    three, one = await asyncio.gather(
        asyncio.create_task(request(3)),
        asyncio.create_task(request(1)),
    )
    assert three == Cost(seconds=0.75, calls=3, read_units=1.5)
    assert one == Cost(seconds=0.25, calls=1, read_units=0.5)


async def test_calls_outside_a_request_are_counted_for_the_process() -> None:
    before = capacity("write"), capacity("read")
    await asyncio.create_task(_spend_alone())
    assert (capacity("write"), capacity("read")) == (before[0] + 2.0, before[1])


def test_everything_is_counted_once_however_often_somebody_looks() -> None:
    def counted() -> tuple[float | None, ...]:
        labels = {"method": "GET", "route": "/counted", "status": "418"}
        called = {"table": "views", "operation": "counted"}
        return (
            REGISTRY.get_sample_value("kickbacks_requests_total", labels),
            REGISTRY.get_sample_value("kickbacks_request_seconds_count", {"method": "GET", "route": "/counted"}),
            REGISTRY.get_sample_value("kickbacks_dynamodb_calls_total", {**called, "outcome": "ok"}),
            REGISTRY.get_sample_value("kickbacks_dynamodb_call_seconds_count", called),
        )

    assert counted() == (None, None, None, None)
    for _ in range(3):
        count_request("GET", "/counted", 418, seconds=0.1, cost=Cost())
        spend("counted", "ok", table="views", seconds=0.1)
    assert counted() == counted() == (3, 3, 3, 3)
    spend("counted", "ok", table="views", seconds=0.1)
    assert counted() == (3, 3, 4, 4)


def test_a_duration_is_in_its_bucket() -> None:
    for seconds in (0.003, 0.05, 7.0):
        count_request("GET", "/timed", 200, seconds=seconds, cost=Cost())
        spend("timed", "ok", table="views", seconds=seconds)
    for metric, labels in (
        ("kickbacks_request_seconds", {"method": "GET", "route": "/timed"}),
        ("kickbacks_dynamodb_call_seconds", {"table": "views", "operation": "timed"}),
    ):
        below = [
            REGISTRY.get_sample_value(f"{metric}_bucket", {**labels, "le": bound})
            for bound in ("0.0025", "0.005", "0.025", "0.05", "5.0", "10.0", "+Inf")
        ]
        assert below == [0, 1, 1, 2, 2, 3, 3]
        assert REGISTRY.get_sample_value(f"{metric}_sum", labels) == 7.053


def test_what_somebody_looks_at_is_the_newest() -> None:
    """Also in the text of all metrics, in which counters are asked one after the other."""
    spend("looked-at", "ok", table="facts", seconds=0.1, read_units=0.5)
    text = generate_latest(REGISTRY).decode()
    assert 'kickbacks_dynamodb_calls_total{operation="looked-at",outcome="ok",table="facts"} 1.0' in text


@dataclass(slots=True)
class Told:
    """A trace, and whoever makes it."""

    heard: list[tuple[Any, ...]] = field(default_factory=list)
    trace_id: str = "0af7651916cd43dd8448eb211c80319c"

    def request(self, traceparent: bytes | None, request_id: str) -> "Told":
        self.heard.append(("request", traceparent, request_id))
        return self

    def batch(self, records: int) -> "Told":
        self.heard.append(("batch", records))
        return self

    def call(self, table: str, operation: str, outcome: str, **used: float) -> None:
        self.heard.append((table, operation, outcome, used))

    def end_request(self, method: str, route: str, status: int) -> None:
        self.heard.append((method, route, status))

    def end_batch(self, failure: str | None) -> None:
        self.heard.append(("counted", failure))


@pytest.fixture
def told() -> Iterator[Told]:
    one = Told()
    trace_with(one)
    yield one
    trace_with(None)


async def test_a_trace_hears_of_what_its_request_does_and_of_nothing_else(told: Told) -> None:
    async def request() -> None:
        cost = start_cost()
        trace_request(cost, {b"traceparent": b"00-x"}, "id-1")
        await asyncio.create_task(_spend_alone())
        count_request("GET", "/told", 200, seconds=0.1, cost=cost)

    await asyncio.create_task(request())
    await asyncio.create_task(_spend_alone())
    assert told.heard == [
        ("request", b"00-x", "id-1"),
        ("views", "put_item", "ok", {"seconds": 0.1, "read_units": 0.0, "write_units": 2.0}),
        ("GET", "/told", 200),
    ]


@pytest.mark.parametrize("fails", [False, True])
def test_a_batch_is_counted_and_traced_whatever_becomes_of_it(told: Told, fails: bool) -> None:
    def batches() -> tuple[float, ...]:
        names = ("batch_records_sum", "batch_records_count", "batch_seconds_count")
        return tuple(REGISTRY.get_sample_value(f"kickbacks_projector_{name}") or 0 for name in names)

    before = batches()
    cost = start_cost()
    with pytest.raises(KeyError) if fails else nullcontext(), counting_batch(17):
        spend("query", "ok", table="views", seconds=0.1)
        if fails:
            raise KeyError("secret")
    assert batches() == (before[0] + 17, before[1] + 1, before[2] + 1)
    assert cost == Cost(), "what a projector does is on no request's bill"
    assert [told.heard[0], told.heard[-1]] == [("batch", 17), ("counted", "KeyError" if fails else None)]
    assert len(told.heard) == 3
    spend("query", "ok", table="views", seconds=0.1)
    assert cost.calls == 1


def test_what_alarms_wait_for_is_there_before_it_happens() -> None:
    text = generate_latest(REGISTRY).decode()
    for series in (
        'kickbacks_projected_records_total{outcome="parked"}',
        'kickbacks_issuer_fetches_total{outcome="failed"}',
        'kickbacks_projector_failures_total{reason="unexpected"}',
        'kickbacks_telemetry_exports_total{outcome="failed",signal="metrics"}',
        'kickbacks_dynamodb_capacity_units_total{kind="write",table="facts"}',
        "kickbacks_stream_gaps_total ",
        "kickbacks_changed_facts_total ",
        "process_open_fds ",
    ):
        assert f"\n{series}" in text


async def _spend_alone() -> None:
    spend("put_item", "ok", table="views", seconds=0.1, write_units=2.0)
