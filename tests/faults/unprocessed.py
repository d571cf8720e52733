"""Batches of which DynamoDB does only a part, as under load: DynamoDB Local always does all of them."""

import json
from collections.abc import Callable

_LEFT = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}


def held_back(operation: str, body: bytes, keep: Callable[[int], int]) -> tuple[bytes, bytes | None]:
    """The request without what is held back, and what the answer is to say of the rest (JSON); None: all is done.

    `keep` says how many of so many are done. One always is: DynamoDB throttles where it could do none.
    """
    name = _LEFT.get(operation)
    if name is None:
        return body, None
    request = json.loads(body)
    asked = request["RequestItems"]
    done, left = {}, {}
    for table, wanted in asked.items():
        several = wanted["Keys"] if name == "UnprocessedKeys" else wanted
        kept = max(1, min(len(several), keep(len(several))))
        done[table], left[table] = _with(wanted, several[:kept]), _with(wanted, several[kept:])
    rest = {table: wanted for table, wanted in left.items() if _is_some(wanted)}
    if not rest:
        return body, None
    return json.dumps({**request, "RequestItems": done}).encode(), json.dumps({name: rest}).encode()


def answer_with(answer: bytes, left: bytes) -> bytes:
    """DynamoDB's answer, and what it left."""
    return json.dumps({**json.loads(answer), **json.loads(left)}).encode()


def _with(wanted: object, several: list[object]) -> object:
    return {**wanted, "Keys": several} if isinstance(wanted, dict) else several


def _is_some(wanted: object) -> bool:
    return bool(wanted["Keys"] if isinstance(wanted, dict) else wanted)
