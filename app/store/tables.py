"""The facts table as code: keys, indexes, TTL and encryption. Made here only on a developer's machine."""

import asyncio
from typing import Any

from botocore.exceptions import ClientError

from app.store import keys
from app.store.errors import error_code

TTL_ATTRIBUTE = "expirationTime"
_KEY_ATTRIBUTES = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
_WAIT_ATTEMPTS = 60


def facts_table(name: str) -> dict[str, Any]:
    """The CreateTable request of the facts table."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": x, "AttributeType": "S"} for x in _KEY_ATTRIBUTES],
        "KeySchema": _key_schema("PK", "SK"),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _key_schema(pk, sk), "Projection": {"ProjectionType": "ALL"}}
            for index, pk, sk in (
                (keys.CATEGORY_INDEX, "GSI1PK", "GSI1SK"),
                (keys.CARD_INDEX, "GSI2PK", "GSI2SK"),
            )
        ],
        "SSESpecification": {"Enabled": True},
        "Tags": [{"Key": "system", "Value": "kickbacks"}],
    }


def _key_schema(pk: str, sk: str) -> list[dict[str, str]]:
    return [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]


async def create_tables(client: Any, name: str) -> bool:
    """Makes the table where it is not there yet, and waits until it can be used. True if it was made now."""
    made = await _create(client, facts_table(name))
    await _wait_until_active(client, name)
    if made:
        await client.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE}
        )
    return made


async def _create(client: Any, request: dict[str, Any]) -> bool:
    try:
        await client.create_table(**request)
    except ClientError as error:
        if error_code(error) != "ResourceInUseException":  # somebody else made it: as good
            raise
        return False
    return True


async def _wait_until_active(client: Any, name: str) -> None:
    for _ in range(_WAIT_ATTEMPTS):
        table = (await client.describe_table(TableName=name))["Table"]
        if table["TableStatus"] == "ACTIVE":
            return
        await asyncio.sleep(0.5)
    raise TimeoutError(f"table {name} did not become active")
