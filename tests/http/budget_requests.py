"""Requests as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """`body` is sent as JSON; `lines` as JSON Lines."""

    method: str
    path: str
    params: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | None = None
    lines: Sequence[Mapping[str, Any]] | None = None


def get(path: str, **params: Any) -> Request:
    """A GET; `from` is written `from_`."""
    return Request("GET", path, {name.rstrip("_"): value for name, value in params.items()} or None)


def post(path: str, body: Mapping[str, Any]) -> Request:
    """A POST."""
    return Request("POST", path, body=body)


def put(path: str, body: Mapping[str, Any]) -> Request:
    """A PUT."""
    return Request("PUT", path, body=body)
