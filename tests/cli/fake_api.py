"""The service as the command line sees it, without a network: purchases by id, faults on demand."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.cli.api_client import open_client
from app.cli.batch import Patience


@dataclass
class FakeApi:
    """`faults` are used up one a request: each may answer instead of the service, or raise."""

    purchases: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused_ids: set[str] = field(default_factory=set)
    faults: list[Callable[[httpx.Request], httpx.Response | None]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    busy_lines: int = 0
    cut_after_lines: int | None = None

    def client(self) -> httpx.AsyncClient:
        return open_client("http://127.0.0.1:1", transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.faults:
            instead = self.faults.pop(0)(request)
            if instead is not None:
                return instead
        if request.url.path == "/transactions:batch":
            return httpx.Response(200, content=self._batch(request.content))
        return httpx.Response(404, json={"code": "NOT_FOUND", "detail": "There is none."})

    def _batch(self, content: bytes) -> bytes:
        lines = content.splitlines()
        answers = [self._line(number, json.loads(line)) for number, line in enumerate(lines, start=1)]
        text = b"".join(json.dumps(answer).encode() + b"\n" for answer in answers)
        if self.cut_after_lines is not None:
            text = b"\n".join(text.split(b"\n")[: self.cut_after_lines]) + b'\n{"line": '
            self.cut_after_lines = None
        return text

    def _line(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        key = body["transactionId"]
        if self.busy_lines:
            self.busy_lines -= 1
            return {"line": number, "status": 503, "transactionId": key, "error": {"code": "UNAVAILABLE"}}
        if key in self.refused_ids:
            errors = [{"pointer": "/category", "detail": "must be something else"}]
            return {"line": number, "status": 422, "error": {"code": "VALIDATION_FAILED", "errors": errors}}
        if key in self.purchases:
            same = self.purchases[key] == body
            error = {} if same else {"error": {"code": "TRANSACTION_CONFLICT", "detail": "Nothing was written."}}
            return {"line": number, "status": 200 if same else 409, "transactionId": key, **error}
        self.purchases[key] = body
        return {"line": number, "status": 201, "transactionId": key}


def lost_connection(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def answering(status: int) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, json={"code": "SOMETHING", "detail": "Something."})


def patience(attempts: int = 3) -> Patience:
    """Waits for nothing."""

    async def at_once(_: float) -> None:
        return None

    return Patience(attempts=attempts, sleep=at_once, jitter=lambda: 0.5)
