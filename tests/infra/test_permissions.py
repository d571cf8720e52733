"""Every call to AWS that the service, its jobs and the projector make is heard, as they run in production: each role of
infra/terraform may do just that. What a failure shows is what has to stand in permissions.json.
"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.domain.access import Scope
from app.settings import Settings
from tests.conftest import sdk_environment
from tests.e2e.commands import run_kickbacks
from tests.e2e.service import service
from tests.faults.proxy import Proxy, proxy
from tests.http.budget_data import new_purchase, purchases
from tests.http.budget_requests import Request, post
from tests.http.budgets import BUDGETS
from tests.identity.issuer import AUDIENCE, issuer
from tests.infra.actions import document, key_actions, needed
from tests.store.kms import Kms, kms

pytestmark = [pytest.mark.dynamodb, pytest.mark.long]

PERMISSIONS = Path(__file__).parents[2] / "infra" / "terraform" / "permissions.json"
_LINES = {"content-type": "application/x-ndjson"}
_CARD = {"userId": "carded", "cardNumber": "4111111111111111"}


@dataclass(slots=True)
class Production:
    """An installation whose calls are heard. `found`: by role, where and what."""

    environment: Mapping[str, str]
    token: str
    between: Proxy
    keys: Kms
    tables: Mapping[str, str]
    found: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def listen_for(self, role: str) -> None:
        """From now on."""
        heard = self.found[role]
        self.between.listen = lambda operation, body: heard.update(needed(operation, body, self.tables))
        self.keys.calls.clear()

    async def hears(self, role: str, call: tuple[str, str]) -> None:
        """Waits for the role's call."""
        async with asyncio.timeout(60):
            while call not in self.found[role]:  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.02)

    def note_keys(self, role: str) -> None:
        """What the key service was asked since."""
        self.found[role].update(key_actions(self.keys.calls))

    async def run(self, role: str, *arguments: str) -> str:
        """A command as this role."""
        self.listen_for(role)
        # A rebuild waits for as long as a request may take.
        code, said = await run_kickbacks({**self.environment, "REQUEST_SECONDS": "2"}, *arguments)
        self.note_keys(role)
        assert code == 0, said
        return said

    @asynccontextmanager
    async def beside(self, role: str, *arguments: str) -> AsyncIterator[None]:
        """A command that runs meanwhile, as another role."""
        async with proxy(self.between.upstream) as between:
            heard = self.found[role]
            between.listen = lambda operation, body: heard.update(needed(operation, body, self.tables))
            process = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).parent / "kickbacks"),
                *arguments,
                env={**os.environ, **self.environment, **sdk_environment(between.url)},
                stdout=asyncio.subprocess.DEVNULL,
            )
            try:
                yield
            finally:
                process.kill()
                await process.wait()


@pytest_asyncio.fixture
async def production(
    dynamodb_url: str,
    make_settings: Callable[..., Awaitable[Settings]],
    make_vault_table: Callable[[], Awaitable[str]],
) -> AsyncIterator[Production]:
    settings = await make_settings(stream=True)
    vault = await make_vault_table()
    async with AsyncExitStack() as stack:
        between = await stack.enter_async_context(proxy(dynamodb_url))
        keys = await stack.enter_async_context(kms())
        one = stack.enter_context(issuer())
        environment = {
            **sdk_environment(between.url),
            "AWS_ENDPOINT_URL_KMS": keys.url,
            "ENVIRONMENT": "production",
            "FACTS_TABLE": settings.facts_table,
            "VIEWS_TABLE": settings.views_table,
            "VAULT_TABLE": vault,
            "VAULT_KMS_KEY": "alias/vault",
            "VAULT_KEEP_PAN": "true",
            "AUTH_ISSUER": one.url,
            "AUTH_AUDIENCE": AUDIENCE,
            "CURSOR_KEYS": "only-for-tests",
            "PSEUDONYM_KEY": "only-for-tests",
            "CALLER_RATE": "100000",
            "ADDRESS_RATE": "100000",
            "CLOCK_SKEW_SECONDS": "0.2",
            "STREAM_DELAY_SECONDS": "0",
            "DRAIN_SECONDS": "0",
        }
        token = one.token("all", scopes=[scope.value for scope in Scope], claims={"client_id": "all"})
        tables = {settings.facts_table: "facts", settings.views_table: "views", vault: "vault"}
        yield Production(environment, token, between, keys, tables)


async def test_each_role_may_do_what_its_code_calls_and_nothing_else(production: Production) -> None:
    production.listen_for("preparing")
    async with service(production.environment) as started, _client(started.url, production.token) as http:
        lines = "\n".join(json.dumps(one) for one in purchases())
        answer = await http.post("/transactions:batch", content=lines, headers=_LINES)
        assert answer.text.count('"status":201') == len(purchases()), answer.text[:500]
        await production.run("rebuild", "rebuild")
        production.listen_for("api")
        await _ask_everything(http)
        production.note_keys("api")
    await _jobs(production)
    del production.found["preparing"]
    found = document(production.found)
    assert found == json.loads(PERMISSIONS.read_text()), json.dumps(found, indent=2)


async def _jobs(production: Production) -> None:
    await production.run("expire", "expire")
    await production.run("seal", "seal")
    # What the views do not have yet is waited for and looked at again, which takes more than looking once.
    verifying = asyncio.create_task(production.run("verify", "verify"))
    await production.hears("verify", ("facts_stream", "dynamodb:DescribeStream"))
    async with production.beside("projector", "worker"):
        await verifying
    production.keys.add("second")
    await production.run("vault", "vault", "rotate")
    await production.run("vault", "vault", "status")
    await production.run("vault", "vault", "erase", "carded", "--reason", "asked for it")
    await production.run("vault", "vault", "erased")


async def _ask_everything(http: httpx.AsyncClient) -> None:
    """Every route by the requests of its budgets, again what was sent before, and other content under a known id."""
    await _send(http, post("/transactions", new_purchase("somebody")))
    for budget in BUDGETS:
        known: dict[str, Any] = {}
        for request in (*budget.given, budget.request, budget.request):
            answer = await _send(http, replace(request, path=request.path.format(**known) if known else request.path))
            assert answer.status_code < 500, (str(budget), answer.text)
            if answer.status_code in (200, 201) and answer.headers["content-type"] == "application/json":
                found = answer.json()
                known |= found if isinstance(found, dict) else {}
    for number in range(40):  # more than one transaction can erase
        card = {"userId": "much-carded", "cardNumber": _visa(number)}
        assert (await http.post("/cards", json=card)).status_code == 201
    erasure = {"erasureId": "e1", "reason": "asked for it"}
    assert (await http.post("/users/much-carded/erasure", json=erasure)).status_code == 200
    token = (await http.post("/cards", json=_CARD)).json()["cardId"]
    detokenized = await http.post(f"/cards/{token}/detokenizations", json={"reason": "a dispute"})
    assert detokenized.json()["cardNumber"] == _CARD["cardNumber"]


async def _send(http: httpx.AsyncClient, request: Request) -> httpx.Response:
    content = None if request.lines is None else "".join(json.dumps(one) + "\n" for one in request.lines)
    headers = {} if request.lines is None else _LINES
    return await http.request(
        request.method, request.path, params=request.params, json=request.body, content=content, headers=headers
    )


def _visa(number: int) -> str:
    """A card number of its own, with its check digit (Luhn)."""
    digits = f"400000000{number:06d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return f"{digits}{-sum(value - 9 * (value > 9) for value in doubled) % 10}"


def _client(url: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
