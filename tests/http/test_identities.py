"""POST /identities, POST /identities/searches, GET /users/{id}/identity"""

from typing import Any

import pytest

from tests.http.vault_world import VaultWorld

ISSUER, SUBJECT = "https://login.example.com", "hanako.yamada@example.jp"
KNOWN = {"issuer": ISSUER, "subject": SUBJECT}
FIRST = "user_aeaqcaibaeaqcaibaeaqcaibae"  # 16 times the byte 1


async def test_somebody_is_given_a_user_id_once(world: VaultWorld) -> None:
    first = await world.ask("identify", "POST", "/identities", KNOWN)
    assert (first.status_code, first.json()) == (201, {"userId": FIRST})
    again = await world.ask("identify", "POST", "/identities", KNOWN)
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (200, first.content, "true")
    other = await world.ask("identify", "POST", "/identities", {**KNOWN, "subject": SUBJECT.upper()})
    assert other.status_code == 201
    assert other.json() != first.json()
    assert world.trail.said == [
        ("client:program", "BEGUN", "identity.add", (f"user:{FIRST}",), None),
        ("client:program", "SHOWN", "identity.add", (f"user:{FIRST}",), None),
        ("client:program", "BEGUN", "identity.add", (f"user:{other.json()['userId']}",), None),
    ]
    assert [calls["add_identity"] for _, calls in world.trail.heard] == [0, 1, 1]


async def test_and_back(world: VaultWorld) -> None:
    await world.ask("identify", "POST", "/identities", KNOWN)
    world.forget()
    answer = await world.ask("identify", "GET", f"/users/{FIRST}/identity", headers={"x-reason": "Ticket 17"})
    assert (answer.status_code, answer.json()) == (200, KNOWN)
    assert world.trail.said == [("client:program", "SHOWN", "identity.show", (f"user:{FIRST}",), "Ticket 17")]
    assert world.trail.heard[0][1] == {}
    unknown = await world.ask("identify", "GET", "/users/nobody/identity")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NOT_FOUND")


async def test_users_are_found_by_their_address(world: VaultWorld) -> None:
    for user, email in (("u2", "Hanako@Example.jp"), ("u1", "hanako@example.jp"), ("u3", "taro@example.jp")):
        await world.ask("identify", "PUT", f"/users/{user}/profile", {"email": email})
    world.forget()
    answer = await world.ask("identify", "POST", "/identities/searches", {"email": "HANAKO@example.jp"})
    assert (answer.status_code, answer.json()) == (200, {"items": [{"userId": "u1"}, {"userId": "u2"}]})
    nobody = await world.ask("identify", "POST", "/identities/searches", {"email": "nobody@example.jp"})
    assert (nobody.status_code, nobody.json()) == (200, {"items": []})
    assert world.trail.said == [
        ("client:program", "SHOWN", "identity.search", ("user:u1", "user:u2"), None),
        ("client:program", "SHOWN", "identity.search", (), None),
    ]


@pytest.mark.parametrize("caller", ["hanako", "everything-else", "detokenize"])
async def test_only_who_identifies_may_ask(world: VaultWorld, caller: str) -> None:
    for method, path, body in (
        ("POST", "/identities", KNOWN),
        ("POST", "/identities/searches", {"email": "a@b.jp"}),
        ("GET", "/users/hanako/identity", None),
    ):
        answer = await world.ask(caller, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (world.vault.calls, world.trail.rows) == ({}, [])


async def test_without_the_trail_nothing_is_done_or_shown(world: VaultWorld) -> None:
    await world.ask("identify", "POST", "/identities", KNOWN)
    await world.ask("identify", "PUT", f"/users/{FIRST}/profile", {"email": SUBJECT})
    world.trail.down = True
    for method, path, body in (
        ("POST", "/identities", KNOWN),
        ("POST", "/identities", {**KNOWN, "subject": "new"}),
        ("POST", "/identities/searches", {"email": SUBJECT}),
        ("GET", f"/users/{FIRST}/identity", None),
    ):
        answer = await world.ask("identify", method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert FIRST not in answer.text
        assert SUBJECT not in answer.text
    assert world.vault.calls["add_identity"] == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/identities", {"issuer": ISSUER}),
        ("/identities", {"subject": SUBJECT}),
        ("/identities", {**KNOWN, "issuer": ""}),
        ("/identities", {**KNOWN, "subject": f"{SUBJECT}\u0000"}),
        ("/identities", {**KNOWN, "subject": SUBJECT * 20}),
        ("/identities", {**KNOWN, "subject": [SUBJECT]}),
        ("/identities", {**KNOWN, "subject": "4111111111111111"}),
        ("/identities", {**KNOWN, SUBJECT: 1}),
        ("/identities/searches", {}),
        ("/identities/searches", {"email": "hanako.yamada"}),
        ("/identities/searches", {"email": f"{SUBJECT}, other@example.jp"}),
        ("/identities/searches", {"email": [SUBJECT]}),
    ],
)
async def test_what_is_refused_is_not_repeated(world: VaultWorld, path: str, body: dict[str, Any]) -> None:
    answer = await world.ask("identify", "POST", path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
    assert "hanako" not in answer.text
    assert "4111" not in answer.text
    assert (world.vault.calls, world.trail.rows) == ({}, [])


async def test_an_address_does_not_stand_in_a_url(world: VaultWorld) -> None:
    answer = await world.ask("identify", "POST", "/identities/searches?email=a@b.jp", {"email": "a@b.jp"})
    assert answer.status_code == 422
