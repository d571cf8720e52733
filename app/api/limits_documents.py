"""The answers to what is too much, as the OpenAPI description has them: every route but health can give them."""

from copy import deepcopy
from typing import Any

from app.api.errors import problems
from app.api.paths import is_health
from app.api.problems import HEADERS_TOO_LARGE, RATE_LIMITED, UNAVAILABLE, URI_TOO_LONG

_REFUSALS = {
    "UriTooLong": URI_TOO_LONG,
    "RateLimited": RATE_LIMITED,
    "HeadersTooLarge": HEADERS_TOO_LARGE,
    "Unavailable": UNAVAILABLE,
}
_WHEN = {
    "Retry-After": {"description": "Seconds until there is one more", "schema": {"type": "integer", "minimum": 1}},
    "RateLimit-Policy": {
        "description": "Which limit it was: its requests at once (q), and the seconds in which they come again (w)",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "What is left of it (r), and the seconds until there is more (t)",
        "schema": {"type": "string"},
    },
}


def describe_limits(document: dict[str, Any]) -> None:
    """Adds them to every operation that has not said more about them itself."""
    answers = problems(*_REFUSALS.values())
    described = {name: deepcopy(answers[kind.status]) for name, kind in _REFUSALS.items()}
    described["RateLimited"]["headers"] = _WHEN
    document["components"].setdefault("responses", {}).update(described)
    for path, operations in document["paths"].items():
        if is_health(path):
            continue
        for operation in operations.values():
            for name, kind in _REFUSALS.items():
                operation["responses"].setdefault(str(kind.status), {"$ref": f"#/components/responses/{name}"})
