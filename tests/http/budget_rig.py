"""A service whose calls to DynamoDB are heard on their way, on tables with purchases that are counted in the views."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from httpx import ASGITransport, AsyncClient, Response

from app.api.application import build_application
from app.bootstrap import build_services
from app.bootstrap.projector import projection_of
from app.bootstrap.vault import open_vault
from app.ports.vault import Vault
from app.queries.freshness import Freshness
from app.settings import Projector, Settings
from app.store.client import ClientOptions, data_client
from tests.faults.proxy import Fault, Proxy, proxy
from tests.http.budget_data import purchases
from tests.http.budget_requests import Request
from tests.http.conftest import running
from tests.http.settled import settled

_ACTIONS = "TransactItems"
_LINES = {"content-type": "application/x-ndjson"}
_UNITS = r'(?m)^kickbacks_dynamodb_capacity_units_total\{kind="%s",table="\w+"\} (\S+)$'


@dataclass(frozen=True, slots=True)
class Spent:
    """What one request did: its calls by operation and place, read and write units."""

    calls: dict[str, int]
    read_units: float
    write_units: float


@dataclass(slots=True)
class Clock:
    """Seconds, which pass only when told."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class Rig:
    """`heard` are the calls since it was last emptied, as 'Query facts/CategoryIndex'."""

    http: AsyncClient
    clock: Clock
    client: Any
    settings: Settings
    heard: Counter[str]

    async def ask(self, request: Request) -> Response:
        """Sends it."""
        headers = {} if request.lines is None else _LINES
        content = None if request.lines is None else "".join(json.dumps(one) + "\n" for one in request.lines)
        return await self.http.request(
            request.method, request.path, params=request.params, json=request.body, content=content, headers=headers
        )

    async def measure(self, request: Request, cursor: str | None = None) -> tuple[Response, Spent]:
        """What it does, and its answer."""
        params = {**(request.params or {}), **({"cursor": cursor} if cursor else {})}
        before = await self._units()
        self.heard.clear()
        answer = await self.ask(replace(request, params=params or None))
        calls = dict(sorted(self.heard.items()))
        after = await self._units()
        return answer, Spent(calls, after["read"] - before["read"], after["write"] - before["write"])

    async def _units(self) -> dict[str, float]:
        """By GET /metrics: the head of an answer that streams is sent before it has cost anything."""
        text = (await self.http.get("/metrics")).text
        return {kind: sum(map(float, re.findall(_UNITS % kind, text))) for kind in ("read", "write")}


@asynccontextmanager
async def rig_on(url: str, make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Rig]:
    """The service as it is configured by default. Every Scan fails, and time stands still for what it remembers."""
    settings = await make_settings(projector=Projector.INSIDE)
    async with running(settings) as preparing:
        lines = "\n".join(json.dumps(one) for one in purchases())
        answer = await preparing.post("/transactions:batch", content=lines, headers=_LINES)
        assert answer.text.count('"status":201') == len(purchases()), answer.text
        await settled(preparing)
    async with AsyncExitStack() as stack:
        between = await stack.enter_async_context(proxy(url))
        heard = _listening(between, settings)
        options = ClientOptions(region="ap-northeast-1", attempts=1, read_seconds=20, endpoint=between.url)
        client = await stack.enter_async_context(data_client(options))
        clock = Clock()
        vault = await stack.enter_async_context(open_vault(settings, client))
        http = await stack.enter_async_context(_service(settings, client, vault, clock))
        yield Rig(http, clock, client, settings, heard)


def _listening(between: Proxy, settings: Settings) -> Counter[str]:
    heard: Counter[str] = Counter()
    names = {settings.facts_table: "facts", settings.views_table: "views", settings.vault_table: "vault"}

    def listen(operation: str, body: bytes) -> None:
        asked = json.loads(body)
        tables = [names[table] for table in _tables(asked)]
        index = f"/{asked['IndexName']}" if "IndexName" in asked else ""
        heard[f"{operation} {'+'.join(dict.fromkeys(tables))}{index}"] += 1

    between.listen = listen
    between.decide = lambda operation: Fault.INTERNAL if operation == "Scan" else None
    return heard


def _tables(asked: dict[str, Any]) -> list[str]:
    if _ACTIONS in asked:
        return [one["TableName"] for action in asked[_ACTIONS] for one in action.values()]
    return list(asked.get("RequestItems", {})) or [asked["TableName"]]


def _service(settings: Settings, client: Any, vault: Vault, clock: Clock) -> AsyncClient:
    ids = iter(range(10**9))
    app = build_application(_never, new_request_id=lambda: f"request-{next(ids)}", deadline_seconds=60)
    freshness = Freshness(projection_of(settings, client), own_writes=0, clock=clock, now=lambda: datetime.now(UTC))
    app.state.services = replace(build_services(settings, client, vault=vault), freshness=freshness)
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://kickbacks.test", timeout=60)


def _never() -> Any:
    raise AssertionError("the services are given; no lifespan runs")
