"""How commands are answered."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.commands import command_response, command_responses, fingerprint_of, refusal
from app.api.problems import CONDITION_NOT_MET, Problem, problem_body
from app.api.schemas import Answer
from app.commands.posting import Carried, IdTaken, Refusal, TooMuch, Unknown, Unmet, VersionMoved
from app.domain.decisions.following import Insufficient
from app.ports.ledger import CommandId, CommandKind, Receipt

RECEIPT = Receipt(CommandId(CommandKind.CLOSURE, "u", ("c",)), "f", "2026-11-22T00:00:00.000000Z", b'{"closureId":"c"}')
REFUSALS: list[tuple[IdTaken | Refusal, int, dict[str, Any]]] = [
    (IdTaken(), 409, {"code": "TRANSACTION_CONFLICT"}),
    (Insufficient(3, 2), 409, {"code": "INSUFFICIENT_POINTS", "available": 3, "missing": 2}),
    (VersionMoved(7), 409, {"code": "VERSION_CONFLICT", "actual": 7}),
    (TooMuch(5), 409, {"code": "TRANSACTION_CONFLICT", "left": 5}),
    (Unmet("watchedPercent atLeast 90"), 409, {"code": "CONDITION_NOT_MET", "condition": "watchedPercent atLeast 90"}),
    (Unknown(), 404, {"code": "NOT_FOUND"}),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize(("replayed", "status"), [(False, 201), (True, 200)])
def test_what_was_carried_out(replayed: bool, status: int) -> None:
    response = command_response(Carried(RECEIPT, replayed), location="/there")
    assert (response.status_code, response.body) == (status, RECEIPT.answer)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["location"] == "/there"
    assert response.headers.get("idempotency-replayed") == ("true" if replayed else None)


@pytest.mark.parametrize(("outcome", "status", "members"), REFUSALS, ids=lambda value: type(value).__name__)
def test_what_was_refused(outcome: IdTaken | Refusal, status: int, members: dict[str, Any]) -> None:
    with pytest.raises(Problem) as raised:
        command_response(outcome)
    assert raised.value.kind.status == status
    body = problem_body(raised.value)
    assert body.items() >= members.items()
    assert set(body) - set(members) == {"type", "title", "status", "detail"}
    assert problem_body(refusal(outcome)) == body


def test_every_refusal_is_tried() -> None:
    assert {type(outcome) for outcome, _, _ in REFUSALS} == {IdTaken, *Refusal.__args__}


def test_every_command_documents_its_replay_and_its_conflicts() -> None:
    documented = command_responses(Answer, CONDITION_NOT_MET)
    assert documented[200]["model"] is Answer
    assert CONDITION_NOT_MET.title in documented[409]["description"]
    assert {409, 413, 415, 422, 503} <= set(documented)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.randoms())
def test_the_order_of_fields_is_no_difference(content: dict[str, Any], random: Any) -> None:
    shuffled = list(content.items())
    random.shuffle(shuffled)
    assert fingerprint_of(content) == fingerprint_of(dict(shuffled))


@given(JSON, JSON)
def test_other_content_has_another_fingerprint(one: Any, other: Any) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (fingerprint_of(one) == fingerprint_of(other)) == same
