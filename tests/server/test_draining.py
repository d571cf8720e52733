"""How a server process stops, told by signals from outside."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from app.api.middleware import RequestMiddleware
from app.server import listen, serve
from tests.server.tiny_service import settings_with, tiny_app

BOUND_SECONDS = 20.0
NEVER_SECONDS = "100"


@asynccontextmanager
async def process(drain_seconds: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    one = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.server.tiny_service", drain_seconds, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert one.stdout is not None
        url = (await asyncio.wait_for(one.stdout.readline(), BOUND_SECONDS)).decode().strip()
        async with httpx.AsyncClient(base_url=url, timeout=BOUND_SECONDS, trust_env=False) as client:
            assert (await client.get("/ready")).status_code == 200
            yield one, client
    finally:
        if one.returncode is None:
            one.kill()
        await one.wait()


async def until_draining(client: httpx.AsyncClient) -> None:
    for _ in range(1000):
        if (await client.get("/ready", headers={"connection": "close"})).status_code == 503:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never began to drain")


async def test_sigterm_goes_on_serving_while_it_drains_and_exits_with_0() -> None:
    async with process("1.5") as (server, client):
        under_way = asyncio.create_task(client.get("/slow?seconds=2.5"))
        await asyncio.sleep(0.1)
        server.send_signal(signal.SIGTERM)
        await until_draining(client)
        new = await client.get("/slow?seconds=0", headers={"connection": "close"})
        assert new.text == "done"
        assert (await under_way).text == "done"
        assert await asyncio.wait_for(server.wait(), BOUND_SECONDS) == 0


async def test_a_second_sigterm_ends_the_drain() -> None:
    async with process(NEVER_SECONDS) as (server, client):
        server.send_signal(signal.SIGTERM)
        await until_draining(client)
        assert server.returncode is None
        server.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(server.wait(), BOUND_SECONDS) == 0


async def test_ctrl_c_does_not_drain() -> None:
    async with process(NEVER_SECONDS) as (server, _):
        server.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(server.wait(), BOUND_SECONDS) == 0


async def test_requests_under_way_end_when_told_by_ctrl_c() -> None:
    async with process(NEVER_SECONDS) as (server, client):
        under_way = asyncio.create_task(client.get("/slow?seconds=1"))
        await asyncio.sleep(0.3)
        server.send_signal(signal.SIGINT)
        assert (await under_way).text == "done"
        assert await asyncio.wait_for(server.wait(), BOUND_SECONDS) == 0


async def test_what_is_not_done_when_the_time_is_over_is_answered_503() -> None:
    app = tiny_app()
    app.add_middleware(RequestMiddleware, new_id=lambda: "one", deadline_seconds=60)
    listener, ready, stop = listen("127.0.0.1", 0), asyncio.Event(), asyncio.Event()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/slow?seconds=50"
    settings = settings_with(shutdown_seconds=1)
    server = asyncio.create_task(serve(app, listener, settings, on_ready=lambda _: ready.set(), stop=stop))
    await asyncio.wait_for(ready.wait(), BOUND_SECONDS)
    async with httpx.AsyncClient(timeout=BOUND_SECONDS, trust_env=False) as client:
        under_way = asyncio.create_task(client.get(url))
        await asyncio.sleep(0.3)
        stop.set()
        answer = await under_way
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert answer.headers["retry-after"]
    await asyncio.wait_for(server, BOUND_SECONDS)
