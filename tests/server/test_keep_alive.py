"""How long a connection with nothing to do stays open."""

import asyncio
from typing import Any

import pytest

from tests.server.conftest import tiny_server
from tests.server.tiny_service import settings_with

BOUND_SECONDS = 20.0


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, 5),
        ({"trusted_proxies": 1}, 75),  # longer than the 60 that load balancers keep theirs
        ({"keep_alive_seconds": 7}, 7),
        ({"keep_alive_seconds": 7, "trusted_proxies": 1}, 7),
    ],
)
def test_longer_behind_a_load_balancer(given: dict[str, Any], seconds: int) -> None:
    assert settings_with(**given).keep_alive == seconds


@pytest.mark.parametrize(("keep_alive_seconds", "is_cut"), [(1, True), (60, False)])
async def test_then_it_is_closed(keep_alive_seconds: int, is_cut: bool) -> None:
    async with tiny_server(BOUND_SECONDS, keep_alive_seconds=keep_alive_seconds) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(1000), BOUND_SECONDS)).startswith(b"HTTP/1.1 200")
        try:
            assert await asyncio.wait_for(reader.read(1000), 2.5) == b""
        except TimeoutError:
            assert not is_cut
        else:
            assert is_cut
        writer.close()
