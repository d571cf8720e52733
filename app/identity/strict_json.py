"""JSON as tokens and key sets have it: UTF-8, an object, no name twice (two readers could see two different tokens)."""

import json
from typing import Any


def read_object(document: bytes) -> dict[str, Any]:
    """The object. Raises ValueError with a fixed text for everything else."""
    try:
        found = json.loads(document.decode(), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        raise ValueError("not a JSON object") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is there twice")
    return members
