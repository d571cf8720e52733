"""Every route, asked by everybody: with good tokens, foreign ones, wrong ones and none.

Endpoints are replaced by one that says it was reached. What stands in the place of the services knows only who asks and
the audit trail: whoever touched the database before the decision would fail here.
"""

import base64
import json
import re
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from app.api.access_rules import TABLE
from app.domain.access import Scope
from tests.api.access_expected import EXPECTED, WATCHED
from tests.api.access_world import (
    NAMES,
    OWNER,
    PATHS,
    REACHED,
    STRANGER,
    World,
    ask,
    asking_for_tokens,
    bearer,
    program,
    user,
)
from tests.identity.issuer import Issuer, a_key


@pytest_asyncio.fixture(scope="module")
async def world() -> AsyncIterator[World]:
    """For reading only."""
    async with asking_for_tokens() as one:
        yield one


ALL = frozenset(scope.name.lower() for scope in Scope)


def alg_none(one: Issuer) -> str:
    """What a good token says, signed by nobody."""
    _, claims, _ = one.token(OWNER, scopes=[scope.value for scope in Scope]).split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{claims}."


# Each would be good for everything, but for one thing.
WRONG: dict[str, Callable[[Issuer], list[tuple[bytes, bytes]]]] = {
    "expired": lambda one: [bearer(one.token(OWNER, scopes=list(Scope), seconds=-3600))],
    "wrong audience": lambda one: [bearer(one.token(OWNER, scopes=list(Scope), claims={"aud": "others"}))],
    "wrong issuer": lambda one: [bearer(one.token(OWNER, scopes=list(Scope), claims={"iss": "https://other.example"}))],
    "alg none": lambda one: [bearer(alg_none(one))],
    "swapped key": lambda one: [bearer(one.token(OWNER, scopes=list(Scope), key=a_key(one.keys[-1].kid)))],
    "unknown key": lambda one: [bearer(one.token(OWNER, scopes=list(Scope), key=a_key("another")))],
    "no token at all": lambda _: [bearer("hanako")],
    "nothing behind Bearer": lambda _: [(b"authorization", b"Bearer ")],
    "another scheme": lambda _: [(b"authorization", b"Basic " + base64.b64encode(b"hanako:secret"))],
    "two of them": lambda one: [bearer(user(one, OWNER, *ALL)), bearer(user(one, OWNER, *ALL))],
}


def test_every_route_has_a_row_here_and_there_is_no_other() -> None:
    assert sorted(EXPECTED) == NAMES == sorted(TABLE)
    for name, who in EXPECTED.items():
        assert who <= ALL | {"public", "known", "own", "inside"}, name
        assert not who & {"public", "known"} or len(who) == 1, name


@pytest.mark.parametrize("name", NAMES)
async def test_without_a_good_token_nothing_is_reached(world: World, name: str) -> None:
    """All refusals are the same, but for the header that says whether there was a token."""
    first = await ask(world.app, name)
    if "public" in EXPECTED[name]:
        answers = [await ask(world.app, name, *make(world.issuer)) for make in WRONG.values()]
        assert {answer.status for answer in [first, *answers]} == {200}
        return
    assert (first.status, first.headers["www-authenticate"]) == (401, 'Bearer realm="kickbacks"')
    assert json.loads(first.body)["code"] == "UNAUTHENTICATED"
    for what, make in WRONG.items():
        answer = await ask(world.app, name, *make(world.issuer))
        assert (answer.status, answer.body, answer.was_read) == (401, first.body, False), what
        assert answer.headers["www-authenticate"] == 'Bearer realm="kickbacks", error="invalid_token"', what
        others = {"www-authenticate", "server-timing"}
        assert {k: v for k, v in answer.headers.items() if k not in others} == {
            k: v for k, v in first.headers.items() if k not in others
        }, what
    assert world.trail.rows == []


@pytest.mark.parametrize("name", NAMES)
async def test_only_who_may_reaches_the_endpoint(world: World, name: str) -> None:
    who, one = EXPECTED[name], world.issuer
    everybody, users = bool(who & {"public", "known"}), bool(who & {"public", "known", "inside"})
    callers = {
        "a user without scopes": (user(one, STRANGER), users),
        "the owner": (user(one, OWNER), users or "own" in who),
        "a program of the owner's name": (program(one, name=OWNER), everybody),
        "a program without scopes": (program(one), everybody),
        "a program with scopes of others": (
            one.token("shop", claims={"scope": "openid admin kickbacks:", "azp": "shop"}),
            everybody,
        ),
        **{scope: (program(one, scope), everybody or scope in who) for scope in ALL},
        "all other scopes": (program(one, *(ALL - who)), everybody),
        "another user with all other scopes": (user(one, STRANGER, *(ALL - who)), users),
    }
    for caller, (token, may) in callers.items():
        answer = await ask(world.app, name, bearer(token))
        assert answer.status != 401, caller
        assert (answer.status != 403) == may, caller
        if not may:
            assert not answer.was_read, caller
            assert json.loads(answer.body)["code"] == "FORBIDDEN", caller
            needed = "".join(
                re.findall(r'error="insufficient_scope", scope="(.*)"', answer.headers["www-authenticate"])
            )
            assert set(needed.split()) == {f"kickbacks:{scope}" for scope in who & ALL}, caller
        elif name.split()[1] not in ("/docs", "/docs/oauth2-redirect", "/openapi.json", "/static-offline-docs/{file}"):
            assert answer.status in (200, 415, 422), (caller, answer)
    world.trail.rows.clear()


@pytest.mark.parametrize("name", NAMES)
async def test_privileged_reads_leave_a_row_first_and_nothing_else_does(world: World, name: str) -> None:
    one, is_watched = world.issuer, name in WATCHED
    for scope in ("audit", "admin"):
        may = scope in EXPECTED[name]
        world.trail.rows.clear()
        await ask(world.app, name, bearer(program(one, scope)), (b"x-reason", "問い合わせ 17".encode()))
        assert len(world.trail.rows) == (is_watched and may)
        for row in world.trail.rows:
            assert (row.action, row.outcome, row.caller.actor) == (name, "SHOWN", "client:shop")
            assert (row.caller.request_id, row.caller.reason) == ("made-here", "問い合わせ 17")
            assert ("{id}" in name) == (f"user:{OWNER}" in row.about)
        world.trail.rows.clear()
        await ask(world.app, name, bearer(user(one, OWNER, scope)))
        assert len(world.trail.rows) == (is_watched and may and "own" not in EXPECTED[name]), "one's own is no secret"
    world.trail.rows.clear()
    for token in (user(one, OWNER), program(one, "record"), user(one, STRANGER), program(one, "points", "identify")):
        await ask(world.app, name, bearer(token))
    assert world.trail.rows == []


@pytest.mark.parametrize("reason", [b"", b" ", b"\xff", b"a\x01b", b"x" * 257, b"4111 1111 1111 1111"])
async def test_a_reason_that_cannot_be_kept_is_refused_without_being_repeated(world: World, reason: bytes) -> None:
    name = "GET /users/{id}/lots"
    answer = await ask(world.app, name, bearer(program(world.issuer, "audit")), (b"x-reason", reason))
    assert (answer.status, answer.was_read) == (422, False)
    assert json.loads(answer.body)["errors"][0]["pointer"] == "/header/X-Reason"
    assert reason.strip() == b"" or reason not in answer.body
    assert world.trail.rows == []


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/users", "/users/hanako", "/users/hanako/kickbacks/", "//me", "/me\n"]
)
async def test_where_nothing_is_nobody_learns_so_without_a_token(world: World, path: str) -> None:
    """Nor does a path that only looks like another one reach its endpoint: what matches loosely ends in a line feed."""
    assert (await ask(world.app, "GET /", path=path)).status == 401
    answer = await ask(world.app, "GET /", bearer(user(world.issuer, OWNER, *ALL)), path=path)
    assert (answer.status, answer.body == REACHED) == (404, False)


@pytest.mark.parametrize("name", NAMES)
async def test_a_line_feed_behind_a_path_does_not_get_around_its_rule(world: World, name: str) -> None:
    path = re.sub(r"{(\w+)}", lambda found: PATHS[found[1]], name.split()[1]) + "\n"
    answer = await ask(world.app, name, bearer(user(world.issuer, STRANGER)), path=path)
    assert answer.body != REACHED
    assert answer.status in (403, 404, 422)


async def test_other_methods_are_told_which_there_are_to_who_is_known(world: World) -> None:
    assert (await ask(world.app, "DELETE /users/{id}/kickbacks")).status == 401
    answer = await ask(world.app, "DELETE /users/{id}/kickbacks", bearer(user(world.issuer, STRANGER)))
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


async def test_an_id_that_is_none_leaves_no_row(world: World) -> None:
    """It is refused anyway, and what stands there could be anything."""
    for value in ("4111111111111111", "a b", "x" * 65):
        answer = await ask(
            world.app, "GET /users/{id}/lots", bearer(program(world.issuer, "audit")), path=f"/users/{value}/lots"
        )
        assert answer.status == 422
    assert world.trail.rows == []
