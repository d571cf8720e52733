"""A service as in production, before a database, and how much it can do: for measurements with more than it can."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from app.cli.dev_environment import use_embedded, use_local
from app.cli.token import development_token
from app.domain.access import Scope
from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Settings
from bench.abuse.honest import Asked, asked
from bench.compare.cores import cores
from bench.connections import connections
from bench.http_client import Connection
from bench.pace import closed_loop
from bench.processes import Service, server, service

CLIENT = "many"
_MINUTES = 24 * 60
_IN_FLIGHT = 64
_ENDLESS = "1000000"
_LIMITS = {
    "ACCESS": "tokens",
    **dict.fromkeys(("CALLER_RATE", "ADDRESS_RATE"), _ENDLESS),
    "ADDRESS_CONNECTIONS": "100000",
}


class Database(StrEnum):
    """`stub` holds nothing and answers at once: the service is what is slowest, as in production."""

    STUB = "stub"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A service, requests without end and what it answers to them, and whether it has a core of its own."""

    service: Service
    requests: Iterator[Asked]
    pinned: bool

    async def most_per_second(self, seconds: float) -> float:
        """Answers a second to clients that ask again as soon as they are answered. Raises Unexpected."""

        async def ask(connection: Connection) -> int:
            one = next(self.requests)
            await connection.ask(one.request, status=one.status)
            return 1

        async with connections(self.service.url, _IN_FLIGHT) as opened:
            done, took = await closed_loop([partial(ask, one) for one in opened], seconds)
        return done / took


@asynccontextmanager
async def loaded_service(
    database: Database, more: Mapping[str, str] | None = None, *, program: str = ""
) -> AsyncIterator[Loaded]:
    """With the limits of production, but for those of each caller and address: all requests come from one. `more` is
    added to its environment; a `program` is a module that runs in the place of `kickbacks`. Raises EmbeddedError,
    Unexpected."""
    async with AsyncExitStack() as stack:
        if database is Database.STUB:
            stub = await stack.enter_async_context(server(["-m", "bench.memory.empty"], dict(os.environ)))
            url, pid = stub.url, stub.pid
        else:
            local = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
            url, pid = local.url, local.pid
        key = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "key.pem"
        environment = {**os.environ, **_LIMITS, "LOCAL_TOKEN_KEY": str(key), "PROJECTOR": "outside"}
        use_local(environment)
        use_embedded(environment, url)
        requests = asked(CLIENT, _token(key))
        one = await stack.enter_async_context(service(environment | dict(more or {}), program))
        apart = cores()
        if database is Database.STUB:  # else the database needs all there is
            apart.keep_servers([one.pid])
            apart.keep_others({os.getpid(), pid})
            stack.callback(apart.release, {os.getpid()})
        yield Loaded(one, requests, apart.pinned and database is Database.STUB)


def _token(key: Path) -> str:
    """Of a program that may record and read everything."""
    settings = Settings(environment=Environment.LOCAL, local_token_key=key)
    return development_token(settings, CLIENT, [Scope.RECORD, Scope.ADMIN], is_user=False, minutes=_MINUTES)
