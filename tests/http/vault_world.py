"""The application with a vault and an audit trail in memory, no database, and a few callers who are known by a word."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from uuid_utils import uuid7

from app.api.application import build_application
from app.api.protection import Protection
from app.api.services import Services
from app.bootstrap.services import build_services
from app.callers import current_caller
from app.commands.vaulting import Vaulting
from app.domain.access import Principal, Scope
from app.ports.audit import AuditRow
from app.ports.auditor import Auditor
from app.ports.errors import StoreUnavailable
from app.ports.identity import TokenRefused
from app.settings import Environment, Settings
from tests.fakes.vault import FakeVault

NUMBER = "4111111111111111"
NOW = datetime(2026, 11, 22, 12, 34, 56, 123456, tzinfo=UTC)
AT = "2026-11-22T12:34:56.123456Z"


def _client(*scopes: Scope) -> Principal:
    return Principal("program", frozenset(scopes))


CALLERS = {
    "hanako": Principal("hanako", user_id="hanako"),
    "taro": Principal("taro", user_id="taro"),
    "hanako-identifies": Principal("hanako", frozenset({Scope.IDENTIFY}), "hanako"),
    "taro-identifies": Principal("taro", frozenset({Scope.IDENTIFY}), "taro"),
    "identify": _client(Scope.IDENTIFY),
    "detokenize": _client(Scope.DETOKENIZE),
    "everything-else": _client(*(scope for scope in Scope if scope not in (Scope.IDENTIFY, Scope.DETOKENIZE))),
}


class KnownCallers:
    """Each is their own token."""

    async def principal_of(self, token: str) -> Principal:
        """See Identity."""
        if token not in CALLERS:
            raise TokenRefused("nobody's")
        return CALLERS[token]


@dataclass
class HeardTrail:
    """What was appended, each row with the calls that the vault had got by then."""

    vault: FakeVault
    heard: list[tuple[AuditRow, Counter[str]]] = field(default_factory=list)
    down: bool = False

    async def append(self, row: AuditRow) -> None:
        """See AuditTrail."""
        if self.down:
            raise StoreUnavailable("the trail is down")
        self.heard.append((row, self.vault.calls.copy()))

    @property
    def rows(self) -> list[AuditRow]:
        """Without the calls."""
        return [row for row, _ in self.heard]

    @property
    def said(self) -> list[tuple[str, str, str, tuple[str, ...], str | None]]:
        """Who, how, what, about what, and why."""
        return [(one.caller.actor, one.outcome.value, one.action, one.about, one.caller.reason) for one in self.rows]


@dataclass
class VaultWorld:
    """`made` are the random bytes that were handed out: 16 times 1, then 16 times 2, and so on."""

    http: AsyncClient
    vault: FakeVault
    trail: HeardTrail

    async def ask(self, caller: str, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """As one of CALLERS."""
        headers = {"authorization": f"Bearer {caller}", **more.pop("headers", {})}
        return await self.http.request(method, path, json=body, headers=headers, **more)

    async def card(self, user: str = "hanako", number: str = NUMBER) -> str:
        """Adds it and returns its token; nothing of it is left in the trail."""
        answer = await self.ask("identify", "POST", "/cards", {"userId": user, "cardNumber": number})
        assert answer.status_code in (200, 201), answer.text
        self.forget()
        return str(answer.json()["cardId"])

    def forget(self) -> None:
        """What was heard so far."""
        self.trail.heard.clear()
        self.vault.calls.clear()


@asynccontextmanager
async def vault_world() -> AsyncIterator[VaultWorld]:
    """Nobody may do anything without a token."""
    vault = FakeVault()
    trail = HeardTrail(vault)
    made = count(1)
    vaulting = Vaulting(
        vault, Auditor(trail, current_caller, _now), _now, random_bytes=lambda size: bytes([next(made)]) * size
    )
    app, services = _application(), _services()
    app.state.services = replace(
        services,
        identity=KnownCallers(),
        trail=trail,
        vault=vault,
        vaulting=vaulting,
        purchases=replace(services.purchases, now=_now),
    )
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://kickbacks.test") as http:
        yield VaultWorld(http, vault, trail)


@cache
def _application() -> FastAPI:
    """One for all tests: making it takes longer than any of them."""
    return build_application(
        _never,
        new_request_id=lambda: str(uuid7()),
        deadline_seconds=5,
        protection=Protection(is_open=False),
    )


@cache
def _services() -> Services:
    return build_services(Settings(environment=Environment.LOCAL), None)


def _now() -> datetime:
    return NOW


def _never() -> Any:
    raise AssertionError("the services are given; no lifespan runs")
