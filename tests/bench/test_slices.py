"""Slices alternate, warm-up is forgotten, thirds are thirds."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from itertools import groupby
from typing import cast

import pytest
import pytest_asyncio

from bench.cpu import cpu_between, cpu_seconds
from bench.http_client import Unexpected
from bench.load import get_request
from bench.processes import Service
from bench.rows import Sample
from bench.server_timing import Units, units_of
from bench.slices import Asked, Side, alternate, measure, thirds, together, typical_cpu_ms

BODY = b"all of it"


class _Server(asyncio.Protocol):
    """Answers every request at once, and notes the path and port of each that is not about its health."""

    def __init__(self, log: list[tuple[str, int]]) -> None:
        self._log = log

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ")[1].decode()
        if path != "/health/live":
            self._log.append((path, self._transport.get_extra_info("peername")[1]))
        head = b'HTTP/1.1 200 OK\r\nServer-Timing: ddb;dur=1.0, rcu;desc="2.5"\r\nContent-Length: %d\r\n\r\n'
        self._transport.write(head % len(BODY) + BODY)


@pytest_asyncio.fixture
async def server(log: list[tuple[str, int]]) -> AsyncIterator[Service]:
    listening = await asyncio.get_running_loop().create_server(lambda: _Server(log), "127.0.0.1", 0)
    async with listening:
        yield Service(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", os.getpid())


@pytest.fixture
def log() -> list[tuple[str, int]]:
    return []


def _side(server: Service, name: str, *, body: bytes = BODY, in_flight: int = 2) -> Side:
    return Side(server, in_flight, Asked.again(get_request(f"/{name}"), lambda answer: answer == body))


async def test_another_one_is_first_each_time(server: Service, log: list[tuple[str, int]]) -> None:
    sides = [_side(server, name) for name in "abc"]

    await alternate(sides, seconds=0.002, rounds=4)

    assert [path for path, _ in groupby(path for path, _ in log)] == [f"/{name}" for name in "abcbcacababc"]
    assert [len(side.slices) for side in sides] == [4, 4, 4]


async def test_what_warms_up_is_forgotten(server: Service, log: list[tuple[str, int]]) -> None:
    side = _side(server, "a")

    await measure([side], seconds=0.002, rounds=3, warm_up=2)

    assert len(side.slices) == 3
    assert sum(one.done for one in side.slices) == len(side.seconds) == len(side.units)
    assert 0 < len(side.units) < len(log)
    assert set(side.units) == {Units(2.5, 0.0)}


async def test_so_many_ask_at_once(server: Service, log: list[tuple[str, int]]) -> None:
    side = _side(server, "a", in_flight=7)

    await alternate([side], seconds=0.01, rounds=1)

    assert len({port for _, port in log}) == 7
    assert side.slices[0].done == len(log)


async def test_an_answer_that_is_not_complete_is_no_measurement(server: Service) -> None:
    with pytest.raises(Unexpected, match="all of it"):
        await alternate([_side(server, "a", body=b"more than that")], seconds=0.002, rounds=1)


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, [1]), (2, [1, 1]), (3, [1, 1, 1]), (4, [1, 1, 2]), (9, [3, 3, 3]), (11, [3, 4, 4])]
)
def test_thirds_have_every_slice_once(count: int, sizes: list[int]) -> None:
    slices = [Sample(10**place, 1.0, 0.5) for place in range(count)]

    parts = thirds(slices)

    assert [int(part.seconds) for part in parts] == sizes
    assert sum(part.done for part in parts) == sum(one.done for one in slices)


def test_slices_are_added_up_not_averaged() -> None:
    whole = together([Sample(1, 1.0, 0.010), Sample(9, 1.0, 0.010)])

    assert (whole.done, whole.seconds) == (10, 2.0)
    assert whole.cpu_ms == pytest.approx(2.0)  # not the mean of 10 and 1.1


def test_a_slice_that_was_disturbed_does_not_count() -> None:
    slices = [Sample(10, 1.0, cpu) for cpu in (0.010, 0.011, 0.090)]

    assert typical_cpu_ms(slices) == pytest.approx(1.1)
    assert typical_cpu_ms([*slices, Sample(1, 1.0, None)]) is None


def test_cpu_that_was_not_read_once_is_not_known() -> None:
    assert together([Sample(1, 1.0, 0.010), Sample(1, 1.0, None)]).cpu_ms is None


def test_cpu_time_is_finer_than_a_request() -> None:
    before = cpu_seconds(os.getpid())
    if before is None:
        pytest.skip("cannot be read here")
    until = time.process_time() + 0.002
    while time.process_time() < until:
        sum(range(100))

    spent = cpu_between(before, cpu_seconds(os.getpid()))

    assert spent is not None
    assert 0.002 <= spent < 0.008  # hundredths of a second could not tell


def test_nobody_has_no_cpu_time() -> None:
    assert cpu_seconds(2**22 + 1) is None
    assert cpu_between(None, 1.0) is None


@pytest.mark.parametrize(
    ("header", "units"),
    [
        (b'ddb;dur=3.1, rcu;desc="0.5"', Units(0.5, 0.0)),
        (b'ddb;dur=3.1, rcu;desc="0.5", wcu;desc="12"', Units(0.5, 12.0)),
        (b'ddb;dur=3.1, rcu;desc="1.25e+06"', Units(1_250_000.0, 0.0)),
    ],
)
def test_units_are_read_from_the_header(header: bytes, units: Units) -> None:
    assert units_of(header) == units


def test_a_header_without_units_is_no_measurement() -> None:
    with pytest.raises(Unexpected):
        units_of(b"ddb;dur=3.1")
