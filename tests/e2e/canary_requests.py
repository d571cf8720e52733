"""Bad requests: a planted value in every place of every route that the description names, and in some that it does
not."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.e2e.planted import EMAIL, NUMBER, SUBJECT

# What is taken there is kept by design, or is the place for it.
FREE_TEXT = frozenset(
    {
        "name",
        "cardName",
        "merchantName",
        "description",
        "reward",
        "reference",
        "reason",
        "title",
        "email",
        "subject",
        "issuer",
    }
)
_HEADERS: tuple[Mapping[str, str], ...] = (
    {"X-Reason": NUMBER},
    {"Idempotency-Key": NUMBER},
    {"If-Match": NUMBER, "X-Request-Id": EMAIL},
    dict.fromkeys(("Cookie", "User-Agent", "Referer", "X-Other", "X-Forwarded-For"), f"{NUMBER} {EMAIL}")
    | {"X-Request-Id": NUMBER},
    {
        "traceparent": f"00-{NUMBER.zfill(32)}-b7ad6b7169203331-01",
        "tracestate": f"canary={NUMBER},other={SUBJECT}",
        "baggage": f"email={EMAIL}",
    },
    {"traceparent": f"00-0af7651916cd43dd8448eb211c80319c-{NUMBER}-01"},
)
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Bad:
    """One request. `refused`: it must not be taken."""

    method: str
    path: str
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    refused: bool = True


def bad_requests(document: Mapping[str, Any]) -> Iterator[Bad]:
    """To every route of an OpenAPI document."""
    for template, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from _to(document, method.upper(), template, operation)


def plain_requests(document: Mapping[str, Any]) -> Iterator[Bad]:
    """One to every route, as its examples show it."""
    for template, operations in document["paths"].items():
        for method, operation in operations.items():
            _, body = _body(document, operation)
            yield Bad(method.upper(), _path(template), _encoded(body), _typed(operation), refused=False)


def _to(document: Mapping[str, Any], method: str, template: str, operation: Mapping[str, Any]) -> Iterator[Bad]:
    media, body = _body(document, operation)
    path, content, typed = _path(template), _encoded(body), _typed(operation)
    for name in _names(template):
        for value in (NUMBER, EMAIL):
            yield Bad(method, _path(template, {name: value}), content, typed)
    for name in [one["name"] for one in operation.get("parameters", []) if one.get("in") == "query"]:
        for value in (NUMBER, EMAIL):
            yield Bad(method, f"{path}?{name}={quote(value)}", content, typed, refused=False)
    unknown = f"{path}?{quote(EMAIL)}={NUMBER}&access_token={quote(SUBJECT)}"
    yield Bad(method, unknown, content, typed, refused=False)
    for headers in _HEADERS:
        yield Bad(method, path, content, {**typed, **headers}, refused=False)
    if media == _JSON:
        yield from _bodies(method, path, body, typed)


def _bodies(method: str, path: str, body: dict[str, Any], typed: Mapping[str, str]) -> Iterator[Bad]:
    for changed in _planted(body):
        yield Bad(method, path, _encoded(changed), typed)
    for more in ({NUMBER: 1}, {EMAIL: 1}, {"unknown": NUMBER}, {"e-mail": EMAIL}):
        yield Bad(method, path, _encoded({**body, **more}), typed)
    for text in (NUMBER, f'"{EMAIL}"', f'{{"{SUBJECT}": "{EMAIL}', f'{{"a": NaN, "b": "{NUMBER}"}}', f'["{EMAIL}"]'):
        yield Bad(method, path, text.encode(), typed)
    yield Bad(method, path, f'"{NUMBER}"'.encode() + b"\xff", typed)
    yield Bad(method, path, b" " * 70_000 + NUMBER.encode(), typed)
    yield Bad(method, path, f"email={EMAIL}&number={NUMBER}".encode(), {"content-type": "text/plain"})


def _planted(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """With a number in each field in turn, and an address where no text is free."""
    for name, given in body.items():
        if name == "cardNumber":
            continue
        values: list[Any] = [NUMBER, [NUMBER], {NUMBER: EMAIL}]
        if name not in FREE_TEXT:
            values += [EMAIL, [EMAIL]]
        if isinstance(given, dict):
            values += [{**given, "x": NUMBER}, {**given, NUMBER: 1}]
        for value in values:
            yield {**deepcopy(body), name: value}


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return media, (schema.get("examples") or [{}])[0]
    return "", {}


def _typed(operation: Mapping[str, Any]) -> dict[str, str]:
    media = next(iter(operation.get("requestBody", {}).get("content", {})), None)
    return {"content-type": media} if media is not None else {}


def _encoded(body: Any) -> bytes | None:
    return json.dumps(body).encode() if body else None


def _names(template: str) -> list[str]:
    return [part[1:-1] for part in template.split("/") if part.startswith("{")]


def _path(template: str, values: Mapping[str, str] | None = None) -> str:
    known = {"type": "POINT", "version": "1", "cat": "GROCERY", "period": "2023"} | dict(values or {})
    return "/".join(
        quote(known.get(part[1:-1], "somebody"), safe="") if part.startswith("{") else part
        for part in template.split("/")
    )
