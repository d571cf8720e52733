"""What all tests share: one DynamoDB Local for each worker, a table of its own for whoever asks."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Projector, Settings
from app.store.client import ClientOptions, admin_client, data_client
from app.store.tables import create_tables, create_vault_table
from tests.docker_dynamodb import docker_answers, docker_dynamodb
from tests.e2e.service import Service, service

hypothesis_settings.register_profile("kickbacks", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("kickbacks")

CHOICE = "KICKBACKS_TEST_DYNAMODB"
REGION = "ap-northeast-1"


@asynccontextmanager
async def _dynamodb() -> AsyncIterator[str]:
    """A container where a Docker engine answers, else the embedded one; the variable chooses one for certain."""
    choice = os.environ.get(CHOICE, "auto")
    if choice == "docker" or (choice == "auto" and docker_answers()):
        with docker_dynamodb() as url:
            yield url
    else:
        async with embedded_dynamodb(home=default_home(os.environ), data=None, shared=False) as endpoint:
            yield endpoint.url


@pytest_asyncio.fixture(scope="session")
async def dynamodb_url() -> AsyncIterator[str]:
    """The address of a DynamoDB Local. The SDK's variables point to it for as long as the session lasts."""
    patch = pytest.MonkeyPatch()
    async with _dynamodb() as url:
        for name, value in sdk_environment(url).items():
            patch.setenv(name, value)
        yield url
        patch.undo()


def sdk_environment(url: str) -> dict[str, str]:
    """What the SDK reads to reach a DynamoDB Local."""
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": url,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }


@pytest_asyncio.fixture(scope="session")
async def admin(dynamodb_url: str) -> AsyncIterator[Any]:
    """A plain client, for raw looks into tables."""
    async with admin_client(REGION) as client:
        yield client


@pytest_asyncio.fixture(scope="session")
async def client(dynamodb_url: str) -> AsyncIterator[Any]:
    """The service's own kind of client."""
    async with data_client(ClientOptions(region=REGION, read_seconds=20)) as one:
        yield one


@pytest_asyncio.fixture(scope="session")
async def make_settings(
    admin: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Callable[..., Awaitable[Settings]]]:
    """Makes settings with tables of their own, whose changes are in a stream where a projector is to follow it.

    Other tables have none: in a DynamoDB Local each write to a table with a stream takes as long as there are changes
    in the streams of all the tables before it. Tables that are `apart` are in a region that nobody else uses, which
    is a database of its own. The vault's table is made by the service when it starts.
    """
    vault_key_file = tmp_path_factory.mktemp("vault") / "keys.json"
    regions = (f"apart-{number}" for number in count(1))
    async with AsyncExitStack() as tables:

        async def make(*, stream: bool | None = None, apart: bool = False, **changes: Any) -> Settings:
            facts, views, vault = (f"{what}-{uuid4().hex}" for what in ("Facts", "Views", "Vault"))
            settings = Settings(
                environment=Environment.LOCAL,
                facts_table=facts,
                views_table=views,
                aws_region=next(regions) if apart else REGION,
                **{"vault_table": vault, "vault_key_file": vault_key_file, **changes},
            )
            streams = settings.projects_inside if stream is None else stream
            if apart:
                async with admin_client(settings.aws_region) as there:
                    await create_tables(there, facts, views, stream=streams)
                return settings  # they go with the database
            await create_tables(admin, facts, views, stream=streams)
            for name in (facts, views):
                tables.push_async_callback(admin.delete_table, TableName=name)
            tables.push_async_callback(_delete_if_there, admin, vault)
            return settings

        yield make


async def _delete_if_there(admin: Any, table: str) -> None:
    with suppress(admin.exceptions.ResourceNotFoundException):  # no service was started on it
        await admin.delete_table(TableName=table)


@pytest_asyncio.fixture(scope="session")
async def make_vault_table(admin: Any) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes empty tables for vaults, and gives their names."""
    async with AsyncExitStack() as tables:

        async def make() -> str:
            name = f"Vault-{uuid4().hex}"
            await create_vault_table(admin, name)
            tables.push_async_callback(admin.delete_table, TableName=name)
            return name

        yield make


@pytest_asyncio.fixture(scope="session")
async def shared_vault_table(make_vault_table: Callable[[], Awaitable[str]]) -> str:
    """For tests that use ids of their own."""
    return await make_vault_table()


@pytest_asyncio.fixture(scope="session")
async def shared_settings(make_settings: Callable[..., Awaitable[Settings]]) -> Settings:
    """For tests that use ids of their own and so can share a table, and need no views."""
    return await make_settings(projector=Projector.OUTSIDE)


@pytest.fixture
def unique() -> str:
    """A few characters that no other test has, for ids."""
    return uuid4().hex[:12]


@pytest_asyncio.fixture
async def started(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[tuple[Service, Settings]]:
    """The service as a process of its own, on an empty table, and its settings."""
    async with _service(await make_settings()) as both:
        yield both


@pytest_asyncio.fixture
async def started_without_views(
    make_settings: Callable[..., Awaitable[Settings]],
) -> AsyncIterator[tuple[Service, Settings]]:
    """The same where nobody keeps the views: for tests that only record."""
    async with _service(await make_settings(projector=Projector.OUTSIDE)) as both:
        yield both


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[tuple[Service, Settings]]:
    environment = {
        "ENVIRONMENT": "local",
        "PROJECTOR": settings.projector.value,
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "VAULT_TABLE": settings.vault_table,
        "VAULT_KEY_FILE": str(settings.vault_key_file),
        "DRAIN_SECONDS": "0.5",
        # On a busy machine too an answer has what was recorded before.
        "OWN_WRITES_SECONDS": "10",
    }
    async with service(environment) as one:
        yield one, settings


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test that needs a DynamoDB Local, so that none is forgotten when only those are to be run."""
    for item in items:
        if "dynamodb_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.dynamodb)
