"""The calls that are measured, in this process: capacity units as DynamoDB Local reports them, and CPU time."""

import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from app.api.services import Services
from app.commands.asked import Asked
from app.commands.posting import Carried
from app.commands.redeem import redeem
from app.domain.ledger import Account
from app.ports.ledger import CommandId, CommandKind
from app.telemetry import start_cost
from bench.http_client import Unexpected

_NUMBERS = count(1)


@dataclass(slots=True)
class Spent:
    """By some calls together: capacity units, and CPU seconds of this process."""

    calls: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    cpu_seconds: float = 0.0

    async def on(self, call: Awaitable[object]) -> None:
        """Adds one call, which does not begin before it is awaited."""
        cost, before = start_cost(), time.process_time()
        await call
        self.cpu_seconds += time.process_time() - before
        self.calls += 1
        self.read_units += cost.read_units
        self.write_units += cost.write_units


@dataclass(frozen=True, slots=True)
class Calls:
    """On one service."""

    services: Services
    fingerprint: str = field(default="f" * 64)

    async def balance(self, account: Account, wanted: int, at: datetime | None = None) -> None:
        """Raises Unexpected when it is another one."""
        standing = await self.services.standings.of(account, at)
        if standing is None or standing.available != wanted:
            raise Unexpected(f"another balance than {wanted}: {standing}")

    async def redemption(self, account: Account, amount: int) -> None:
        """Raises Unexpected when it is refused."""
        number = f"{next(_NUMBERS):09d}"
        asked = Asked(CommandId(CommandKind.REDEMPTION, account.user_id, (number,)), self.fingerprint, {})
        outcome = await redeem(asked, account, amount, using=self.services.posting)
        if not isinstance(outcome, Carried):
            raise Unexpected(f"a redemption was refused: {outcome}")
