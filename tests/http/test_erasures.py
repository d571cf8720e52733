"""POST /users/{id}/erasure"""

from typing import Any

import pytest

from tests.http.vault_world import AT, NUMBER, VaultWorld

PATH = "/users/hanako/erasure"
ASKED = {"erasureId": "e1", "reason": "The user asked for it"}


async def test_an_erased_user_is_gone_for_ever(world: VaultWorld) -> None:
    token = await world.card()
    await world.ask("hanako", "PUT", "/users/hanako/profile", {"email": "hanako@example.jp"})
    answer = await world.ask("identify", "POST", PATH, ASKED)
    assert (answer.status_code, answer.json()) == (200, {"userId": "hanako", "erasedAt": AT})
    assert "idempotency-replayed" not in answer.headers
    for path in ("/users/hanako/profile", "/users/hanako/identity", f"/cards/{token}"):
        gone = await world.ask("identify", "GET", path)
        assert (gone.status_code, gone.json()["code"]) == (404, "NOT_FOUND")
    number = await world.ask("detokenize", "POST", f"/cards/{token}/detokenizations", {"reason": "Chargeback 17"})
    assert number.status_code == 404
    found = await world.ask("identify", "POST", "/identities/searches", {"email": "hanako@example.jp"})
    assert found.json() == {"items": []}
    for caller in ("hanako", "identify"):
        for method, path, body in (
            ("PUT", "/users/hanako/profile", {}),
            ("POST", "/cards", {"userId": "hanako", "cardNumber": NUMBER}),
        ):
            refused = await world.ask(caller, method, path, body)
            assert (refused.status_code, refused.json()["code"]) == (409, "USER_ERASED")
            assert NUMBER not in refused.text


async def test_it_is_done_once(world: VaultWorld) -> None:
    first = await world.ask("identify", "POST", PATH, ASKED)
    for again in (ASKED, {"erasureId": "e2", "reason": "Once more"}):
        answer = await world.ask("identify", "POST", PATH, again)
        assert (answer.status_code, answer.content) == (200, first.content)
        assert answer.headers["idempotency-replayed"] == "true"


async def test_it_is_in_the_trail_before_it_is_tried(world: VaultWorld) -> None:
    await world.ask("identify", "POST", PATH, ASKED)
    about = ("user:hanako", "erasure:e1")
    assert world.trail.said == [("client:program", "BEGUN", "user.erase", about, "The user asked for it")]
    assert world.trail.heard[0][1] == {}
    world.forget()
    world.trail.down = True
    answer = await world.ask("identify", "POST", "/users/taro/erasure", ASKED)
    assert (answer.status_code, world.vault.calls) == (503, {})


@pytest.mark.parametrize("caller", ["hanako", "taro", "everything-else", "detokenize"])
async def test_users_do_not_erase_themselves_or_others(world: VaultWorld, caller: str) -> None:
    answer = await world.ask(caller, "POST", PATH, ASKED)
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (world.vault.calls, world.trail.rows) == ({}, [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"erasureId": "e1"},
        {"reason": "x"},
        {**ASKED, "erasureId": "a#b"},
        {**ASKED, "reason": ""},
        {**ASKED, "reason": NUMBER},
        {**ASKED, "userId": "taro"},
    ],
)
async def test_bad_erasures(world: VaultWorld, body: dict[str, Any]) -> None:
    answer = await world.ask("identify", "POST", PATH, body)
    assert (answer.status_code, world.vault.calls, world.trail.rows) == (422, {}, [])
    assert NUMBER not in answer.text
