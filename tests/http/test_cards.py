"""POST /cards, GET /cards/{cardId}, POST /cards/{cardId}/detokenizations"""

from typing import Any

import pytest

from app.domain.card_numbers import has_card_number
from tests.http.vault_world import AT, NUMBER, VaultWorld

FIRST = "card_aeaqcaibaeaqcaibaeaqcaibae"  # 16 times the byte 1


def sent(**changes: Any) -> dict[str, Any]:
    made = {"userId": "hanako", "cardNumber": NUMBER} | changes
    return {name: value for name, value in made.items() if value is not ...}


async def test_a_number_is_given_a_token_once(world: VaultWorld) -> None:
    first = await world.ask("hanako", "POST", "/cards", sent())
    card = {"cardId": FIRST, "userId": "hanako", "brand": "VISA", "lastFour": "1111", "createdAt": AT}
    assert (first.status_code, first.json()) == (201, card)
    assert first.headers["location"] == f"/cards/{FIRST}"
    assert "idempotency-replayed" not in first.headers
    again = await world.ask("hanako", "POST", "/cards", sent(cardNumber="4111-1111 1111-1111"))
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert (await world.ask("hanako", "GET", f"/cards/{FIRST}")).content == first.content


async def test_the_same_number_of_somebody_else_has_another_token(world: VaultWorld) -> None:
    assert await world.card("hanako") != await world.card("taro")


async def test_a_token_is_no_card_number_and_good_in_purchases(world: VaultWorld) -> None:
    assert not has_card_number(await world.card())


async def test_every_adding_is_in_the_trail_before_it_is_tried(world: VaultWorld) -> None:
    first = await world.ask("hanako", "POST", "/cards", sent())
    second = await world.ask("identify", "POST", "/cards", sent(), headers={"x-reason": "Ticket 17"})
    assert world.trail.said == [
        ("user:hanako", "BEGUN", "card.add", ("user:hanako",), None),
        ("client:program", "BEGUN", "card.add", ("user:hanako",), "Ticket 17"),
    ]
    assert [calls["add_card"] for _, calls in world.trail.heard] == [0, 1]
    assert [(row.at, row.caller.request_id) for row in world.trail.rows] == [
        (AT, answer.headers["x-request-id"]) for answer in (first, second)
    ]


async def test_without_the_trail_nothing_is_kept_or_shown(world: VaultWorld) -> None:
    token = await world.card()
    world.trail.down = True
    for caller, method, path, body in (
        ("hanako", "POST", "/cards", sent()),
        ("identify", "GET", f"/cards/{token}", None),
        ("detokenize", "POST", f"/cards/{token}/detokenizations", {"reason": "Chargeback 17"}),
    ):
        answer = await world.ask(caller, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert NUMBER not in answer.text
    assert not world.vault.calls.keys() & {"add_card", "card_number"}


@pytest.mark.parametrize("caller", ["taro", "everything-else", "detokenize"])
async def test_cards_are_added_by_their_users_and_who_identifies(world: VaultWorld, caller: str) -> None:
    answer = await world.ask(caller, "POST", "/cards", sent())
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (world.vault.calls, world.trail.rows) == ({}, [])


async def test_foreign_and_unknown_cards_are_the_same_to_users(world: VaultWorld) -> None:
    token = await world.card()
    foreign, unknown = [await world.ask("taro", "GET", f"/cards/{one}") for one in (token, "card_unknown")]
    assert foreign.status_code == unknown.status_code == 403
    assert {**foreign.json(), "instance": ""} == {**unknown.json(), "instance": ""}
    assert foreign.headers["www-authenticate"] == unknown.headers["www-authenticate"]
    assert (await world.ask("identify", "GET", "/cards/card_unknown")).status_code == 404
    for caller in ("everything-else", "detokenize"):
        assert (await world.ask(caller, "GET", f"/cards/{token}")).status_code == 403
    assert world.trail.rows == []


@pytest.mark.parametrize(
    ("caller", "rows"), [("hanako", 0), ("hanako-identifies", 0), ("taro-identifies", 1), ("identify", 1)]
)
async def test_looking_at_somebody_elses_card_is_in_the_trail(world: VaultWorld, caller: str, rows: int) -> None:
    token = await world.card()
    assert (await world.ask(caller, "GET", f"/cards/{token}")).status_code == 200
    actor = "client:program" if caller == "identify" else "user:taro"
    assert world.trail.said == [(actor, "SHOWN", "card.show", (f"card:{token}", "user:hanako"), None)] * rows


async def test_the_number_is_had_again_with_a_scope_and_a_reason(world: VaultWorld) -> None:
    token = await world.card()
    path = f"/cards/{token}/detokenizations"
    answer = await world.ask("detokenize", "POST", path, {"reason": "Chargeback 17"}, headers={"x-reason": "other"})
    assert (answer.status_code, answer.json()) == (200, {"cardId": token, "cardNumber": NUMBER})
    assert "no-store" in answer.headers["cache-control"]
    assert world.trail.said == [("client:program", "BEGUN", "card.detokenize", (f"card:{token}",), "Chargeback 17")]
    assert world.trail.heard[0][1] == {}, "the row was written before the vault was asked"


async def test_nobody_else_gets_a_number(world: VaultWorld) -> None:
    token = await world.card()
    for caller in ("hanako", "identify", "everything-else", "hanako-identifies"):
        answer = await world.ask(caller, "POST", f"/cards/{token}/detokenizations", {"reason": "Curiosity"})
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (world.vault.calls, world.trail.rows) == ({}, [])


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": NUMBER}, {"reason": "x" * 257}, {"why": "x"}])
async def test_without_a_good_reason_there_is_none(world: VaultWorld, body: dict[str, Any]) -> None:
    answer = await world.ask("detokenize", "POST", f"/cards/{await world.card()}/detokenizations", body)
    assert answer.status_code == 422
    assert world.trail.rows == []


async def test_a_number_that_was_not_kept_is_not_there_and_asking_is_in_the_trail(world: VaultWorld) -> None:
    token = await world.card()
    world.vault.keeps_numbers = False
    for one in (token, "card_unknown"):
        answer = await world.ask("detokenize", "POST", f"/cards/{one}/detokenizations", {"reason": "Chargeback 17"})
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert [about for _, _, _, about, _ in world.trail.said] == [(f"card:{token}",), ("card:card_unknown",)]


BAD = [
    sent(cardNumber="4111111111111112"),
    sent(cardNumber=f" {NUMBER}"),
    sent(cardNumber=f"No. {NUMBER}"),
    sent(cardNumber=int(NUMBER)),
    sent(cardNumber=[NUMBER]),
    sent(cardNumber={NUMBER: NUMBER}),
    sent(cardNumber=None),
    sent(cardNumber=...),
    sent(userId=NUMBER),
    sent(userId=...),
    sent(**{NUMBER: NUMBER}),
    sent(cardnumber=NUMBER, cardNumber=...),
    [sent()],
    NUMBER,
    int(NUMBER),
]


@pytest.mark.parametrize("body", BAD)
async def test_what_is_refused_is_not_repeated(world: VaultWorld, body: Any) -> None:
    answer = await world.ask("identify", "POST", "/cards", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
    assert "4111" not in answer.text
    assert (world.vault.calls, world.trail.rows) == ({}, [])
