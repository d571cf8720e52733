"""What was sent to the vault comes to light nowhere, whatever goes wrong with the request or behind it."""

import json
import logging
from collections.abc import Callable, Coroutine, Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from app.logs import configure_logs
from app.ports.errors import OutcomeUnknown, StoreError, StoreRefused, StoreUnavailable
from app.ports.vault import VaultNotConfigured
from tests.http.vault_world import NUMBER, VaultWorld

CANARY = "canary7f3a"
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/cards", {"userId": "hanako", "cardNumber": NUMBER}),
    ("POST", "/identities", {"issuer": f"https://{CANARY}.jp", "subject": f"{CANARY}@example.jp"}),
    ("POST", "/identities/searches", {"email": f"{CANARY}@example.jp"}),
    ("PUT", "/users/hanako/profile", {"name": CANARY, "email": f"{CANARY}@example.jp", "birthday": "1990-02-28"}),
]
SECRETS = (CANARY, NUMBER, "4111 1111", "1990-02-28")


@pytest.fixture
def logs() -> Iterator[StringIO]:
    """What the service logs, as it logs it when it runs."""
    before = structlog.get_config()
    out = StringIO()
    configure_logs(logging.DEBUG, to=out)
    structlog.configure(cache_logger_on_first_use=False)  # loggers of modules go on to other tests
    yield out
    structlog.configure(**before)


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS, ids=[path for _, path, _ in REQUESTS])
@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        (lambda sent: sent[:-1], 422, "VALIDATION_FAILED"),
        (lambda sent: sent + b"\xff", 422, "VALIDATION_FAILED"),
        (lambda sent: sent.replace(b"}", b',"x": NaN}'), 422, "VALIDATION_FAILED"),
        (lambda sent: sent.replace(b"{", b'{"x":' + b"[" * 5000), 422, "VALIDATION_FAILED"),
        (lambda sent: sent[:-1] + b"," + sent[1:], 422, "VALIDATION_FAILED"),  # every field twice
        (lambda sent: b"[" + sent + b"]", 422, "VALIDATION_FAILED"),
        (lambda sent: sent + b" " * 70_000, 413, "PAYLOAD_TOO_LARGE"),
    ],
    ids=["no JSON", "no UTF-8", "NaN", "nested", "repeated", "a list", "too large"],
)
async def test_a_body_that_cannot_be_read(
    logs: StringIO,
    world: VaultWorld,
    method: str,
    path: str,
    body: dict[str, Any],
    wrong: Callable[[bytes], bytes],
    status: int,
    code: str,
) -> None:
    content = wrong(json.dumps(body).encode())
    answer = await world.ask("identify", method, path, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    check(answer.text, str(answer.headers), logs.getvalue())
    assert world.trail.rows == []


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS, ids=[path for _, path, _ in REQUESTS])
async def test_another_type_of_body(world: VaultWorld, method: str, path: str, body: dict[str, Any]) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/x-ndjson", "application/xml"):
        answer = await world.ask(
            "identify", method, path, content=json.dumps(body), headers={"content-type": media_type}
        )
        assert answer.status_code == 415
        check(answer.text)


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS, ids=[path for _, path, _ in REQUESTS])
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreUnavailable("Throttled"), 503, "UNAVAILABLE"),
        (OutcomeUnknown("Timeout"), 503, "UNAVAILABLE"),
        (StoreRefused("Validation"), 500, "INTERNAL"),
        (RuntimeError("a defect"), 500, "INTERNAL"),
        (VaultNotConfigured(), 503, "VAULT_NOT_CONFIGURED"),
    ],
    ids=lambda one: type(one).__name__,
)
async def test_a_vault_that_fails_with_it_in_its_hands(
    logs: StringIO,
    world: VaultWorld,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: dict[str, Any],
    error: Exception,
    status: int,
    code: str,
) -> None:
    def failing(*given: object, **named: object) -> Coroutine[Any, Any, None]:
        async def fail() -> None:
            raise type(error)(f"{error} with {given} {named}") from StoreError(given)

        return fail()

    for operation in ("add_card", "add_identity", "users_with_email", "put_profile"):
        monkeypatch.setattr(type(world.vault), operation, failing)
    caplog.set_level(logging.DEBUG)
    answer = await world.ask("identify", method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("request failed" in logs.getvalue()) == (status == 500)
    assert ("retry-after" in answer.headers) == (code == "UNAVAILABLE")
    check(answer.text, str(answer.headers), caplog.text, logs.getvalue())


async def test_it_is_not_in_the_metrics(world: VaultWorld) -> None:
    for method, path, body in REQUESTS:
        await world.ask("identify", method, path, body)
        await world.ask("identify", method, f"{path}/{CANARY}", body)
        await world.ask("identify", method, f"{path}?{CANARY}={NUMBER}", body)
    check((await world.ask("everything-else", "GET", "/metrics")).text)


async def test_it_is_not_in_the_trail(world: VaultWorld) -> None:
    for method, path, body in REQUESTS:
        assert (await world.ask("identify", method, path, body)).status_code < 300
    check(repr(world.trail.rows))


@pytest.mark.parametrize("place", ["reason", "request id", "idempotency key"])
async def test_a_number_beside_the_body_is_kept_nowhere(world: VaultWorld, place: str) -> None:
    header = {"reason": "x-reason", "request id": "x-request-id", "idempotency key": "idempotency-key"}[place]
    method, path, body = REQUESTS[0]
    answer = await world.ask("identify", method, path, body, headers={header: NUMBER})
    assert answer.status_code == (422 if place == "reason" else 201)
    check(answer.text, str(answer.headers), repr(world.trail.rows))


@pytest.mark.parametrize("path", ["/cards/{}", "/users/{}/profile", "/users/{}/identity"])
async def test_a_number_in_a_path_is_refused(world: VaultWorld, path: str) -> None:
    answer = await world.ask("identify", "GET", path.format(NUMBER))
    assert answer.status_code == 422
    check(answer.text, repr(world.trail.rows))


def check(*texts: str) -> None:
    """None of the secrets is in any of them."""
    for text in texts:
        assert not [secret for secret in SECRETS if secret in text]
