import asyncio

import pytest
from prometheus_client import generate_latest

from app.telemetry import REGISTRY, Cost, count_request, spend, start_cost


def capacity(kind: str) -> float:
    return REGISTRY.get_sample_value("kickbacks_dynamodb_capacity_units_total", {"kind": kind}) or 0


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
        spend("query", "ok", seconds=0.25, read_units=units)

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
        return (
            REGISTRY.get_sample_value("kickbacks_requests_total", labels),
            REGISTRY.get_sample_value("kickbacks_request_seconds_count", {"method": "GET", "route": "/counted"}),
            REGISTRY.get_sample_value("kickbacks_dynamodb_calls_total", {"operation": "counted", "outcome": "ok"}),
        )

    assert counted() == (None, None, None)
    for _ in range(3):
        count_request("GET", "/counted", 418, seconds=0.1)
        spend("counted", "ok", seconds=0.1)
    assert counted() == counted() == (3, 3, 3)
    spend("counted", "ok", seconds=0.1)
    assert counted() == (3, 3, 4)


def test_what_somebody_looks_at_is_the_newest() -> None:
    """Also in the text of all metrics, in which counters are asked one after the other."""
    spend("looked-at", "ok", seconds=0.1, read_units=0.5)
    text = generate_latest(REGISTRY).decode()
    assert 'kickbacks_dynamodb_calls_total{operation="looked-at",outcome="ok"} 1.0' in text


async def _spend_alone() -> None:
    spend("put_item", "ok", seconds=0.1, write_units=2.0)
