"""Which permissions of AWS a call needs, as IAM names them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

# What a part of a transaction needs is said by the part.
_PARTS = {"Put": "PutItem", "Delete": "DeleteItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem"}
_STREAM = ("ListStreams", "DescribeStream", "GetShardIterator", "GetRecords")


def needed(operation: str, body: bytes, tables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where and what: `("facts", "dynamodb:PutItem")`, `("facts_indexes", "dynamodb:Query")`. `tables` are the names
    by which infra/terraform calls them, by the tables' own. Raises KeyError for another table."""
    asked = json.loads(body)
    if operation in _STREAM:
        yield "facts_stream", f"dynamodb:{operation}"
    elif operation == "TransactWriteItems":
        for part in asked["TransactItems"]:
            ((kind, item),) = part.items()
            yield tables[item["TableName"]], f"dynamodb:{_PARTS[kind]}"
    elif "RequestItems" in asked:
        for table in asked["RequestItems"]:
            yield tables[table], f"dynamodb:{operation}"
    else:
        index = "_indexes" if "IndexName" in asked else ""
        yield tables[asked["TableName"]] + index, f"dynamodb:{operation}"


def document(found: Mapping[str, set[tuple[str, str]]]) -> dict[str, dict[str, list[str]]]:
    """By role and resource, as infra/terraform/permissions.json has it."""
    roles: dict[str, dict[str, list[str]]] = {}
    for role, pairs in sorted(found.items()):
        for place, action in sorted(pairs):
            roles.setdefault(role, {}).setdefault(place, []).append(action)
    return roles


def key_actions(calls: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """Of the calls that a key service was sent."""
    for target, _ in calls:
        yield "vault_key", f"kms:{target.rpartition('.')[2]}"
