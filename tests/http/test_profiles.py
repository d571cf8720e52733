"""PUT and GET /users/{id}/profile"""

from typing import Any

import pytest

from tests.http.vault_world import VaultWorld

PATH = "/users/hanako/profile"
HANAKO = {"name": "山田 花子", "email": "hanako@example.jp", "birthday": "1990-02-28"}


async def test_a_profile_is_put_and_got(world: VaultWorld) -> None:
    assert (await world.ask("hanako", "GET", PATH)).status_code == 404
    put = await world.ask("hanako", "PUT", PATH, HANAKO)
    assert (put.status_code, put.json()) == (200, {"userId": "hanako", **HANAKO})
    assert (await world.ask("hanako", "GET", PATH)).content == put.content


async def test_what_is_not_named_is_removed(world: VaultWorld) -> None:
    await world.ask("hanako", "PUT", PATH, HANAKO)
    put = await world.ask("hanako", "PUT", PATH, {"email": "yamada@example.jp", "name": None})
    assert put.json() == {"userId": "hanako", "email": "yamada@example.jp"}
    assert (await world.ask("hanako", "GET", PATH)).json() == put.json()
    nothing = await world.ask("hanako", "PUT", PATH, {})
    assert nothing.json() == (await world.ask("hanako", "GET", PATH)).json() == {"userId": "hanako"}


async def test_writing_is_in_the_trail_and_somebody_elses_reading(world: VaultWorld) -> None:
    for caller in ("hanako", "hanako-identifies", "taro-identifies", "identify"):
        assert (await world.ask(caller, "PUT", PATH, HANAKO)).status_code == 200
        assert (await world.ask(caller, "GET", PATH)).status_code == 200
    about = ("user:hanako",)
    assert world.trail.said == [
        ("user:hanako", "BEGUN", "profile.put", about, None),
        ("user:hanako", "BEGUN", "profile.put", about, None),
        ("user:taro", "BEGUN", "profile.put", about, None),
        ("user:taro", "SHOWN", "profile.show", about, None),
        ("client:program", "BEGUN", "profile.put", about, None),
        ("client:program", "SHOWN", "profile.show", about, None),
    ]
    assert [(calls["put_profile"], calls["profile_of"]) for _, calls in world.trail.heard] == [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 2),
        (3, 3),
        (4, 3),
    ]


async def test_without_the_trail_nothing_is_written_or_shown(world: VaultWorld) -> None:
    await world.ask("hanako", "PUT", PATH, HANAKO)
    world.forget()
    world.trail.down = True
    for method, body in (("PUT", {}), ("GET", None)):
        answer = await world.ask("identify", method, PATH, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert "hanako@" not in answer.text
    assert world.vault.calls == {}


@pytest.mark.parametrize("caller", ["taro", "everything-else", "detokenize"])
async def test_others_may_not(world: VaultWorld, caller: str) -> None:
    for method, body in (("PUT", HANAKO), ("GET", None)):
        answer = await world.ask(caller, method, PATH, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert (world.vault.calls, world.trail.rows) == ({}, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "canary\u0000"),
        ("name", "canary " * 40),
        ("name", ["canary"]),
        ("name", "4111 1111 1111 1111"),
        ("email", "canary"),
        ("email", "canary@@example.jp"),
        ("email", {"canary": 1}),
        ("birthday", "1990-13-01"),
        ("birthday", "canary"),
        ("birthday", "1899-12-31"),
        ("birthday", "2026-11-23"),  # not yet there, in Tokyo
        ("birthday", 19900228),
        ("canary", "canary"),
    ],
)
async def test_what_is_refused_is_not_repeated(world: VaultWorld, field: str, value: Any) -> None:
    answer = await world.ask("hanako", "PUT", PATH, {**HANAKO, field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
    assert not any(word in answer.text for word in ("canary", "4111", "1990", "1899", "2026", "hanako", "花子"))
    assert (world.vault.calls, world.trail.rows) == ({}, [])
