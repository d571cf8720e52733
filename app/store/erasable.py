"""A table whose items may be replaced and deleted: the vault's. What belongs together is written together."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.ports.errors import StoreRefused
from app.store.database import Condition, Database, Put
from app.store.errors import (
    CLIENT_ERRORS,
    TRANSIENT_REASONS,
    cancellation_reasons,
    port_error,
)
from app.store.limits import check_transaction, transaction_write_units
from app.store.outcomes import CONDITION_FAILED, OK, is_cancelled, outcome_of
from app.store.wire import Item
from app.telemetry import spend

ALWAYS = Condition("")
"""Whatever is there."""
_RETRIABLE = TRANSIENT_REASONS | {CONDITION_FAILED, "None"}


@dataclass(frozen=True, slots=True)
class Delete:
    """The item with this key, and when it may be deleted."""

    item_key: Item
    condition: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold of the item with this key for anything to be written."""

    item_key: Item
    condition: Condition


Action = Put | Delete | Check


class ErasableDatabase(Database):
    """See the module."""

    def __init__(self, client: Any, table: str) -> None:
        super().__init__(client, table, replaceable=True, role="vault")

    async def change_together(self, actions: Sequence[Action], *, token: str) -> bool:
        """All of it or nothing. False if a condition did not hold or somebody else was writing the same items: read
        again, and decide again. `token` makes the call, sent again by the SDK, count once."""
        named = [action.item if isinstance(action, Put) else action.item_key for action in actions]
        sizes = check_transaction(named)
        started = time.perf_counter()
        try:
            await self._client.transact_write_items(
                TransactItems=[self._wire(action) for action in actions], ClientRequestToken=token
            )
        except CLIENT_ERRORS as error:
            spend("transact_write_items", outcome_of(error), table="vault", seconds=time.perf_counter() - started)
            if is_cancelled(error):
                return _nothing_written(error)
            raise port_error(error, wrote=True) from error
        units = transaction_write_units(named, sizes)
        seconds = time.perf_counter() - started
        spend("transact_write_items", OK, table="vault", seconds=seconds, write_units=units)
        return True

    def _wire(self, action: Action) -> dict[str, Any]:
        table = {"TableName": self.table}
        condition = action.condition.parameters() if action.condition.expression else {}
        match action:
            case Put():
                return {"Put": table | {"Item": action.item} | condition}
            case Delete():
                return {"Delete": table | {"Key": action.item_key} | condition}
            case Check():
                return {"ConditionCheck": table | {"Key": action.item_key} | condition}


def _nothing_written(error: Exception) -> bool:
    """False. Raises StoreRefused for what deciding again does not help with."""
    for reason in cancellation_reasons(error):
        code = str(reason.get("Code", "None"))
        if code not in _RETRIABLE:
            raise StoreRefused(code) from error
    return False
