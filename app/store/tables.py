"""The tables as code: keys, indexes, stream, TTL and encryption. Made here only on a developer's machine."""

import asyncio
from typing import Any

from botocore.exceptions import ClientError

from app.store import keys
from app.store.errors import error_code
from app.store.view_codec import INDEXED
from app.store.view_keys import SCORE_INDEX

TTL_ATTRIBUTE = "expirationTime"
_INDEXES = (
    (keys.CATEGORY_INDEX, "GSI1PK", "GSI1SK", {"ProjectionType": "ALL"}),
    (keys.CARD_INDEX, "GSI2PK", "GSI2SK", {"ProjectionType": "ALL"}),
    (
        keys.LEDGER_INDEX,
        "ledgerPK",
        "ledgerSK",
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["effectiveAt", "postedAt", "version"]},
    ),
    (keys.DUE_INDEX, "duePK", "dueSK", {"ProjectionType": "KEYS_ONLY"}),
)
_KEY_ATTRIBUTES = ("PK", "SK", *(name for _, pk, sk, _ in _INDEXES for name in (pk, sk)))
# Facts are only ever added; an old image would be the evidence that one was changed.
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
_WAIT_ATTEMPTS = 60


def facts_table(name: str) -> dict[str, Any]:
    """The CreateTable request of the facts table."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": x, "AttributeType": "S"} for x in _KEY_ATTRIBUTES],
        "KeySchema": _key_schema("PK", "SK"),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _key_schema(pk, sk), "Projection": projection}
            for index, pk, sk, projection in _INDEXES
        ],
        "StreamSpecification": STREAM,
        "SSESpecification": {"Enabled": True},
        "Tags": [{"Key": "system", "Value": "kickbacks"}],
    }


def views_table(name: str) -> dict[str, Any]:
    """The CreateTable request of the views table."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": x, "AttributeType": "S"} for x in ("PK", "SK", "scorePK", "scoreSK")
        ],
        "KeySchema": _key_schema("PK", "SK"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": SCORE_INDEX,
                "KeySchema": _key_schema("scorePK", "scoreSK"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(INDEXED)},
            }
        ],
        "SSESpecification": {"Enabled": True},
        "Tags": [{"Key": "system", "Value": "kickbacks"}],
    }


def vault_table(name: str) -> dict[str, Any]:
    """The CreateTable request of the vault's table."""
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": x, "AttributeType": "S"} for x in ("PK", "SK")],
        "KeySchema": _key_schema("PK", "SK"),
        "SSESpecification": {"Enabled": True},
        "Tags": [{"Key": "system", "Value": "kickbacks"}],
    }


def _key_schema(pk: str, sk: str) -> list[dict[str, str]]:
    return [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]


async def create_tables(client: Any, facts: str, views: str, *, stream: bool = True) -> bool:
    """Makes the tables where they are not there yet, and waits until they can be used. True if facts were made now.

    A facts table without a stream gets one, unless `stream` is false: who follows none needs none, and a DynamoDB
    Local looks at every change in the streams of older tables before each write to a table that has one.
    """
    made = await _create(client, _facts_request(facts, stream=stream))
    await _create(client, views_table(views))
    table = await _wait_until_active(client, facts)
    await _wait_until_active(client, views)
    _check_indexes(table)
    if made:
        await client.update_time_to_live(
            TableName=facts, TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE}
        )
    elif stream and "LatestStreamArn" not in table:
        await client.update_table(TableName=facts, StreamSpecification=STREAM)
        await _wait_until_active(client, facts)
    return made


async def create_vault_table(client: Any, name: str) -> None:
    """Makes it where it is not there yet, and waits until it can be used."""
    await _create(client, vault_table(name))
    await _wait_until_active(client, name)


def _facts_request(name: str, *, stream: bool) -> dict[str, Any]:
    request = facts_table(name)
    return request if stream else {key: value for key, value in request.items() if key != "StreamSpecification"}


def _check_indexes(table: dict[str, Any]) -> None:
    missing = {name for name, *_ in _INDEXES} - {one["IndexName"] for one in table.get("GlobalSecondaryIndexes", [])}
    if missing:
        raise RuntimeError(
            f"the table {table['TableName']} was made by an older version and has no {', '.join(sorted(missing))}: "
            "remove the local database, or set FACTS_TABLE to another name"
        )


async def _create(client: Any, request: dict[str, Any]) -> bool:
    try:
        await client.create_table(**request)
    except ClientError as error:
        if error_code(error) != "ResourceInUseException":  # somebody else made it: as good
            raise
        return False
    return True


async def _wait_until_active(client: Any, name: str) -> dict[str, Any]:
    for _ in range(_WAIT_ATTEMPTS):
        table: dict[str, Any] = (await client.describe_table(TableName=name))["Table"]
        if table["TableStatus"] == "ACTIVE":
            return table
        await asyncio.sleep(0.5)
    raise TimeoutError(f"table {name} did not become active")
