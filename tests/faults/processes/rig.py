"""A DynamoDB Local of its own, a proxy before it, the service as a process, clients: and what must hold at the end."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aioboto3
import httpx

from app.store.tables import create_tables
from tests.conftest import sdk_environment
from tests.e2e.commands import run_kickbacks
from tests.e2e.rolling.books import Item, books
from tests.e2e.service import Service, service
from tests.faults.processes.checking import lost_or_doubled, unforeseen, wrong_sums
from tests.faults.processes.database import LocalDatabase
from tests.faults.processes.history import NO_ANSWER, REQUEST_SECONDS, History, Kind, Phase, percentile
from tests.faults.processes.load import Load
from tests.faults.proxy import Proxy, proxy

FACTS, VIEWS = "Facts", "Views"
RECOVERY_SECONDS = 5.0
SLACK_SECONDS = 0.5  # for the way to the client, on a busy machine
_FIRST_PURCHASES, _LAST_PURCHASES = 30, 15
_LOAD_SECONDS = 60  # on a very busy machine
_CALM_SECONDS = 1.0
_REGION = "ap-northeast-1"


@dataclass(slots=True)
class Rig:
    """Everything that a fault can be put to. `raw` sees the tables past the proxy. `environment`: the service's;
    `load`: what clients saw; `healed_at`: when the fault was over (seconds, monotonic)."""

    database: LocalDatabase
    proxy: Proxy
    service: Service
    environment: dict[str, str]
    raw: Any
    load: Load
    healed_at: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def history(self) -> History:
        return self.load.history

    def http(self) -> httpx.AsyncClient:
        """A client of a test's own beside the load."""
        return httpx.AsyncClient(base_url=self.service.url, timeout=30)

    async def entries(self) -> list[Item]:
        """Every ledger entry as it is stored."""
        return [item for of_user in (await books(self.raw, FACTS)).entries.values() for item in of_user]

    @asynccontextmanager
    async def under_load(self) -> AsyncIterator[History]:
        """The block is the fault: the load is on before it, during it, and after it until all is well again."""
        async with self.load.running() as history:
            await self._recorded(_FIRST_PURCHASES)
            history.phase = Phase.DURING
            yield history
            self.healed_at = time.monotonic()
            history.phase = Phase.RECOVERING
            await self._calm()
            history.phase = Phase.AFTER
            await self._recorded(len(history.recorded) + _LAST_PURCHASES)

    async def _recorded(self, purchases: int) -> None:
        """Until so many have been acknowledged."""
        async with asyncio.timeout(_LOAD_SECONDS):
            while len(self.history.recorded) < purchases:  # noqa: ASYNC110 - clients do it
                await asyncio.sleep(0.02)

    async def _calm(self) -> None:
        """Until nothing has been put off for a while. Fails where that takes too long."""
        await asyncio.sleep(_CALM_SECONDS)
        while time.monotonic() - self._last_trouble() < _CALM_SECONDS and not self.history.was_busy:
            assert time.monotonic() - self.healed_at < RECOVERY_SECONDS + _CALM_SECONDS, "it does not recover"
            await asyncio.sleep(0.05)

    def _last_trouble(self) -> float:
        put_off = [call for call in self.history.calls if call.status in (503, NO_ANSWER)]
        return max((call.at + call.seconds for call in put_off), default=0.0)

    async def check(self, *, within: float, no_answers: bool = False) -> dict[str, float]:
        """All that must hold after any fault; returns the figures. `within`: seconds that any answer may take while the
        fault is there."""
        history = self.history
        self._measure()
        _nothing(unforeseen(history, no_answers=no_answers))
        _nothing(f"{call.kind}: {call.seconds:.2f} s" for call in history.calls if call.seconds > within)
        there = await books(self.raw, FACTS)
        _nothing(lost_or_doubled(history, there))
        _nothing(wrong_sums(history, there))
        _nothing(await self._never_acknowledged())
        code, said = await run_kickbacks({**self.environment, **sdk_environment(self.database.url)}, "verify")
        assert code == 0, said
        assert " 0 differences." in said
        return self.figures

    def _measure(self) -> None:
        history = self.history
        during = history.statuses(Phase.DURING)
        put_off = [call for call in history.during() if call.status == 503]
        self.figures |= {
            "requests": during.total(),
            "answered_percent": round(100 * history.share_answered(Phase.DURING), 1),
            "unavailable": during[503],
            "no_answer": during[NO_ANSWER],
            "p50_ms": round(1000 * percentile(history.during(*_ASKED), 0.5)),
            "p99_ms": round(1000 * percentile(history.during(*_ASKED), 0.99)),
            "longest_ms": round(1000 * percentile(history.during(*_ASKED), 1)),
            "unavailable_p50_ms": round(1000 * percentile(iter(put_off), 0.5)),
            "live_longest_ms": round(1000 * percentile(history.during(Kind.LIVE), 1)),
            "recovered_seconds": round(max(0.0, self._last_trouble() - self.healed_at), 1),
            "acknowledged": len(history.recorded) + len(history.redeemed),
        }
        print(f"\n{self.figures}", file=sys.stderr)

    async def _never_acknowledged(self) -> list[str]:
        """Those that the same request again does not settle either; and what that said."""
        history = self.history
        left = [sent for name, sent in history.purchases.items() if name not in history.recorded]
        await self.load.settle(left)
        return [sent["transactionId"] for sent in left if sent["transactionId"] not in history.recorded] + history.wrong


def _nothing(found: Iterable[str]) -> None:
    """Fails with what was found."""
    listed = list(found)
    assert not listed, listed[:20]


_ASKED = tuple(kind for kind in Kind if kind is not Kind.LIVE)


@asynccontextmanager
async def rig(
    folder: Path, database: LocalDatabase, *, direct: bool = False, log: Path | None = None, **settings: str
) -> AsyncIterator[Rig]:
    """On an empty database that is running. `direct`: the service asks it itself, without the proxy between; `log`:
    where its lines go, else into the folder."""
    async with AsyncExitStack() as stack:
        between = await stack.enter_async_context(proxy(database.url))
        environment = service_environment(folder, database.url if direct else between.url, settings)
        raw = await stack.enter_async_context(_raw(database.url))
        await create_tables(raw, FACTS, VIEWS)
        one = await stack.enter_async_context(service(environment, log or folder / "service.log"))
        yield Rig(database, between, one, environment, raw, Load(one.url, seed=1))


def service_environment(folder: Path, database: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Of a service that keeps its own views."""
    return {
        **sdk_environment(database),
        "ENVIRONMENT": "local",
        "FACTS_TABLE": FACTS,
        "VIEWS_TABLE": VIEWS,
        "VAULT_TABLE": "Vault",
        "VAULT_KEY_FILE": str(folder / "vault-keys.json"),
        "DRAIN_SECONDS": "0",
        "REQUEST_SECONDS": str(REQUEST_SECONDS),
        # As in production; a developer's machine has more patience with its database.
        "DATABASE_READ_SECONDS": "1.5",
        "DATABASE_CALL_SECONDS": "2.7",
        "HEDGE_AFTER_MS": "50",
        **settings,
    }


def _raw(url: str) -> Any:
    return aioboto3.Session().client(
        "dynamodb", region_name=_REGION, endpoint_url=url, aws_access_key_id="local", aws_secret_access_key="local"
    )
