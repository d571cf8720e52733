"""Vaults on a table, as the service puts them together, with master keys that are only in memory."""

from typing import Any

from app.bootstrap.vault import data_keys_of, vault_of
from app.ports.encryption import DataKeys, MasterKeys
from app.settings import Environment, Settings
from app.store.vault import DynamoVault
from tests.fakes.master_keys import FakeMasterKeys

AT = "2026-11-22T03:04:05.000000Z"
LATER = "2026-11-23T03:04:05.000000Z"
# Numbers that card networks publish for testing.
VISA, MASTERCARD, AMEX = "4111111111111111", "5555555555554444", "378282246310005"


def vault_on(
    client: Any,
    table: str,
    masters: MasterKeys | None = None,
    *,
    keys: DataKeys | None = None,
    keep_numbers: bool = True,
    attempts: int = 10,
) -> DynamoVault:
    """As a process of its own would have it: nothing is remembered from another one."""
    settings = Settings(
        environment=Environment.LOCAL,
        vault_table=table,
        vault_keep_pan=keep_numbers,
        write_attempts=attempts,
    )
    return vault_of(settings, client, keys or data_keys_of(masters or FakeMasterKeys()))


async def dump(admin: Any, table: str) -> list[dict[str, Any]]:
    """All items of a small table."""
    found = await admin.scan(TableName=table, ConsistentRead=True)
    assert "LastEvaluatedKey" not in found
    return list(found["Items"])
