"""A started service that knows its callers, whose database can be taken away, and all of whose words are kept."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.cli.token import make_token
from app.domain.access import Scope
from app.identity.local_key_file import read_or_make_key
from app.settings import Settings
from tests.conftest import sdk_environment
from tests.e2e.planted import bytes_of
from tests.e2e.service import Service, service
from tests.faults.proxy import Fault, Proxy, proxy
from tests.tracing.collector import Collector, collector

SECRETS = {
    "PSEUDONYM_KEY": "canary7f3a-pseudonym-key-of-32-characters",
    "CURSOR_KEYS": "canary7f3a-cursor-key-of-32-characters-and",
    "AWS_SECRET_ACCESS_KEY": "canary7f3a-secret-access-key",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-collector-key=canary7f3a-collector-key",
}


@dataclass(slots=True)
class Canary:
    """`program` has every scope there is, `user` is hanako. `heard` are all answers but those to `told`, `asked` counts
    the requests that leave a line in the log. `telemetry` is where traces and metrics go."""

    service: Service
    between: Proxy
    telemetry: Collector
    http: httpx.AsyncClient
    program: str
    user: str
    log: Path
    heard: list[bytes] = field(default_factory=list)
    asked: int = 0

    async def ask(self, method: str, path: str, body: Any = None, *, token: str = "", **more: Any) -> httpx.Response:
        """By the program, unless told otherwise. The answer must hold nothing that was planted."""
        answer = await self.told(method, path, body, token=token, **more)
        self.heard.append(bytes_of([answer.headers.multi_items(), answer.content]))
        return answer

    async def told(self, method: str, path: str, body: Any = None, *, token: str = "", **more: Any) -> httpx.Response:
        """The same where what was planted is what is asked for."""
        self.asked += not path.startswith("/health/")
        headers = {"authorization": f"Bearer {token or self.program}", **more.pop("headers", {})}
        return await self.http.request(method, path, json=body, headers=headers, **more)

    def take_the_database_away(self) -> None:
        """Until `between.reset()`."""
        self.between.decide = lambda _: Fault.INTERNAL


@asynccontextmanager
async def canary(url: str, settings: Settings, folder: Path) -> AsyncIterator[Canary]:
    """Started and stopped, its log complete in the end."""
    with collector() as telemetry:
        async with proxy(url) as between, _started(url, between, telemetry, settings, folder) as one:
            yield one


@asynccontextmanager
async def _started(
    url: str, between: Proxy, telemetry: Collector, settings: Settings, folder: Path
) -> AsyncIterator[Canary]:
    log = folder / "service.log"
    token_key = folder / "token-key.pem"
    environment = {
        **sdk_environment(url),
        **SECRETS,
        "AWS_ENDPOINT_URL_DYNAMODB": between.url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": telemetry.url,
        "ENVIRONMENT": "local",
        "ACCESS": "tokens",
        "LOCAL_TOKEN_KEY": str(token_key),
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "VAULT_TABLE": settings.vault_table,
        "VAULT_KEY_FILE": str(settings.vault_key_file),
        "VAULT_KEEP_PAN": "true",
        "OWN_WRITES_SECONDS": "10",
        "DATABASE_ATTEMPTS": "1",
        "WRITE_ATTEMPTS": "3",
        "DRAIN_SECONDS": "0.5",
        "MIN_GROUP_MEMBERS": "1",
    }
    key, now = read_or_make_key(token_key), int(time.time())
    user = make_token(key, "hanako", [], is_user=True, now=now, minutes=60)
    program = make_token(key, "program", list(Scope), is_user=False, now=now, minutes=60)
    async with (
        service(environment, log) as started,
        httpx.AsyncClient(base_url=started.url, timeout=60) as http,
    ):
        yield Canary(started, between, telemetry, http, program, user, log)
        await started.stop()
