"""The OpenAPI description, made from the routes."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.access_documents import describe_access
from app.api.limits_documents import describe_limits
from app.api.protection import Protection

_FIELD_ERROR = {
    "type": "object",
    "required": ["pointer", "detail"],
    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
}
_PROBLEM = {
    "title": "Problem",
    "description": "An error (RFC 9457). Nothing that was sent is in it.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "pattern": "^[A-Z_]+$", "examples": ["VALIDATION_FAILED"]},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {"type": "array", "items": _FIELD_ERROR},
        "available": {"type": "integer", "description": "What can be redeemed (INSUFFICIENT_POINTS)"},
        "missing": {"type": "integer", "description": "How much more that would have to be (INSUFFICIENT_POINTS)"},
        "actual": {"type": "integer", "description": "The account's version (VERSION_CONFLICT)"},
        "left": {"type": "integer", "description": "What can still be undone (TRANSACTION_CONFLICT)"},
        "condition": {"type": "string", "description": "The one that does not hold (CONDITION_NOT_MET)"},
    },
}


def describe(app: FastAPI, protection: Protection) -> None:
    """Makes the application answer its own description, with the Problem schema and who may call what in it."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            document["components"]["schemas"]["Problem"] = _PROBLEM
            _fill_in_examples(document)
            describe_access(document, protection)
            describe_limits(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the hook FastAPI documents; it keeps no document made elsewhere


def _fill_in_examples(document: dict[str, Any]) -> None:
    """Swagger UI fills in a parameter's own example, but not its schema's."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if examples := parameter["schema"].get("examples"):
                    parameter["example"] = examples[0]
