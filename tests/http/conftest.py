"""The application on a real DynamoDB Local, called in this process."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient

from app.bootstrap import create_app
from app.settings import Projector, Settings
from tests.http.settled import settled
from tests.http.sums import PURCHASES, View
from tests.http.vault_world import VaultWorld, vault_world


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[AsyncClient]:
    """A client of the application, with its lifespan around it."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app=app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://kickbacks.test", timeout=60) as http:
            yield http


@pytest_asyncio.fixture(scope="session")
async def http(shared_settings: Settings) -> AsyncIterator[AsyncClient]:
    """On a table that tests with ids of their own share."""
    async with running(shared_settings) as one:
        yield one


@pytest_asyncio.fixture
async def make_http(
    make_settings: Callable[..., Awaitable[Settings]],
) -> AsyncIterator[Callable[..., Awaitable[AsyncClient]]]:
    """Makes an application with an empty table and these settings."""
    async with AsyncExitStack() as stack:

        async def make(*, apart: bool = True, **changes: object) -> AsyncClient:
            return await stack.enter_async_context(running(await make_settings(apart=apart, **changes)))

        yield make


@pytest.fixture(params=[{}, {"view": "live"}], ids=["views", "live"])
def view(request: pytest.FixtureRequest) -> View:
    """The parameters that choose what an answer is made from."""
    chosen: View = request.param
    return chosen


@pytest_asyncio.fixture(scope="session")
async def ranked(
    make_settings: Callable[..., Awaitable[Settings]],
) -> AsyncIterator[Callable[[int], Awaitable[AsyncClient]]]:
    """Gives an application with that many shards of everything, PURCHASES recorded and counted. For reading only."""
    made: dict[int, AsyncClient] = {}  # recording and counting take longer than all tests that read them
    async with AsyncExitStack() as stack:

        async def give(shards: int) -> AsyncClient:
            if shards not in made:
                settings = await make_settings(
                    apart=True,
                    category_shards=shards,
                    card_shards=shards,
                    view_shards=shards,
                    database_read_seconds=20,  # many things go on at once on the machine of a test run
                    request_seconds=60,
                )
                lines = "\n".join(json.dumps(one) for one in PURCHASES)
                async with running(settings) as http:
                    answer = await http.post(
                        "/transactions:batch", content=lines.encode(), headers={"content-type": "application/x-ndjson"}
                    )
                    assert answer.text.count('"status":201') == len(PURCHASES)
                    await settled(http)
                # Nothing goes on in there from now on: other tests count the calls that this process makes.
                outside = settings.model_copy(update={"projector": Projector.OUTSIDE})
                made[shards] = await stack.enter_async_context(running(outside))
            return made[shards]

        yield give


@pytest_asyncio.fixture(params=[1, 4, 16])
async def ranked_http(request: pytest.FixtureRequest, ranked: Callable[[int], Awaitable[AsyncClient]]) -> AsyncClient:
    """With that many shards."""
    return await ranked(request.param)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[VaultWorld]:
    """A vault in memory behind the application."""
    async with vault_world() as one:
        yield one
