"""Who may what, on a real database: what only the endpoints can see, and that a refusal leaves nothing."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from httpx import AsyncClient, Response
from pydantic import SecretStr

from app.crypto.pseudonyms import KeyedPseudonyms
from app.settings import Settings
from tests.bodies import body
from tests.http.conftest import running
from tests.http.settled import settled
from tests.identity.issuer import AUDIENCE, Issuer, issuer

KEY = "a secret for names"
NAMES = KeyedPseudonyms(KEY.encode())
RANKING = "/categories/GROCERY/rankings?month=2023-05&by=user"


@dataclass(frozen=True)
class Guarded:
    """A service that asks for tokens, and whose they are."""

    http: AsyncClient
    issuer: Issuer
    settings: Settings

    async def ask(self, method: str, path: str, caller: str, *scopes: str, json: Any = None) -> Response:
        """As a user, or as a program where the name says so."""
        claims = {"client_id": caller} if caller.startswith("program") else {}
        token = self.issuer.token(caller, scopes=[f"kickbacks:{scope}" for scope in scopes], claims=claims)
        return await self.http.request(method, path, headers={"Authorization": f"Bearer {token}"}, json=json)

    async def record(self, transaction: str, user: str, amount: int) -> None:
        """A purchase with as many miles, which do not expire, as yen."""
        changes = {
            "userId": user,
            "transactionAmount": amount,
            "kickbackAmount": amount,
            "kickbackRate": ...,
            "kickbackType": "MILE",
        }
        answer = await self.ask(
            "POST", "/transactions", "program", "record", json=body("x", transactionId=transaction, **changes)
        )
        assert answer.status_code == 201, answer.text


@pytest_asyncio.fixture(scope="module")
async def guarded(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Guarded]:
    """With two purchases of hanako and one each of three others."""
    async with AsyncExitStack() as stack:
        one = stack.enter_context(issuer())
        settings = await make_settings(auth_issuer=one.url, auth_audience=AUDIENCE, pseudonym_key=SecretStr(KEY))
        http = await stack.enter_async_context(running(settings))
        made = Guarded(http, one, settings)
        for number, (user, amount) in enumerate(
            [("hanako", 500), ("hanako", 100), ("taro", 900), ("jiro", 50), ("saburo", 50)]
        ):
            await made.record(f"t{number}", user, amount)
        await settled(http)
        yield made


def shown(answer: Response) -> tuple[int, dict[str, Any], dict[str, str]]:
    """All of it that does not differ from request to request."""
    document = {name: value for name, value in answer.json().items() if name != "instance"}
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "server-timing")}
    return answer.status_code, document, headers


@pytest.mark.parametrize("path", ["/transactions/{}", "/transactions/{}/explain"])
async def test_a_user_sees_their_own_purchases_and_learns_nothing_of_others(guarded: Guarded, path: str) -> None:
    own = await guarded.ask("GET", path.format("t0"), "hanako")
    assert (own.status_code, "hanako" in own.text) == (200, True)
    foreign = await guarded.ask("GET", path.format("t0"), "taro")
    unknown = await guarded.ask("GET", path.format("nothing"), "taro")
    assert foreign.status_code == 403
    assert shown(foreign) == shown(unknown)
    assert foreign.headers["server-timing"].partition("rcu")[2] == unknown.headers["server-timing"].partition("rcu")[2]
    for scope, status in {"record": 404, "admin": 404, "audit": 404, "points": 403, "analyze": 403}.items():
        assert (await guarded.ask("GET", path.format("nothing"), "program", scope)).status_code == status
        known = await guarded.ask("GET", path.format("t0"), "program", scope)
        assert known.status_code == (200 if status == 404 else 403)


async def test_rankings_by_user_show_administrators_names_that_say_nothing(guarded: Guarded) -> None:
    for caller, scopes in {"program": ("analyze", "audit", "record"), "hanako": ()}.items():
        answer = await guarded.ask("GET", RANKING, caller, *scopes)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    for view in ("", "&view=live"):
        answer = await guarded.ask("GET", RANKING + view, "program", "admin")
        ids = [row["id"] for row in answer.json()["items"]]
        assert ids == [NAMES.shown(user) for user in ("taro", "hanako", "jiro", "saburo")]


@pytest.mark.parametrize("view", ["", "&view=live"])
async def test_a_walk_by_user_meets_everybody_and_its_cursors_say_nothing(guarded: Guarded, view: str) -> None:
    met, cursor = [], ""
    for _ in range(4):
        page = (await guarded.ask("GET", f"{RANKING}{view}&limit=1{cursor}", "program", "admin")).json()
        met += [row["id"] for row in page["items"]]
        if page["nextCursor"] is None:
            break
        plain = base64.urlsafe_b64decode(page["nextCursor"] + "==")
        assert not any(user in plain for user in (b"hanako", b"taro", b"jiro", b"saburo", b"900", b"600"))
        cursor = f"&cursor={page['nextCursor']}"
    assert met == [NAMES.shown(user) for user in ("taro", "hanako", "jiro", "saburo")]


async def test_a_cursor_is_good_for_its_caller_only(guarded: Guarded) -> None:
    path = "/users/hanako/kickbacks?limit=1"
    first = await guarded.ask("GET", path, "hanako")
    following = f"{path}&cursor={first.json()['nextCursor']}"
    assert [row["transactionId"] for row in (await guarded.ask("GET", following, "hanako")).json()["items"]] == ["t0"]
    for caller in ("program", "program-2"):
        answer = await guarded.ask("GET", following, caller, "audit")
        assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID")


async def test_who_you_are(guarded: Guarded) -> None:
    answer = await guarded.ask("GET", "/me", "hanako", "analyze")
    assert answer.json() == {"subject": "hanako", "userId": "hanako", "scopes": ["kickbacks:analyze"]}
    program = (await guarded.ask("GET", "/me", "program", "admin", "audit")).json()
    assert program == {"subject": "program", "userId": None, "scopes": ["kickbacks:admin", "kickbacks:audit"]}


REDEMPTION = {"redemptionId": "r1", "type": "MILE", "amount": 30}
WRITES: list[tuple[str, str, Any]] = [
    ("POST", "/transactions", body("new", userId="hanako")),
    ("POST", "/transactions/t0/reversals", {"reversalId": "v1"}),
    ("POST", "/users/hanako/redemptions", REDEMPTION),
    ("POST", "/users/hanako/redemptions/r1/cancellations", {"cancellationId": "c1"}),
    ("POST", "/users/hanako/closure", {"closureId": "c1", "reason": "test"}),
    (
        "POST",
        "/users/hanako/adjustments",
        {"adjustmentId": "a1", "type": "MILE", "amount": 1, "reason": "test"},
    ),
    ("PUT", "/benefits/video", {"type": "POINT", "amount": 1}),
    ("POST", "/users/hanako/benefits/video/exercises", {"exerciseId": "e1", "evidence": {}}),
]


async def test_a_refused_write_leaves_nothing_at_all(guarded: Guarded, admin: Any) -> None:
    """Not even in the audit trail; and refused reads leave nothing either."""

    async def dump() -> str:
        tables = [guarded.settings.facts_table, guarded.settings.views_table]
        found = [(await admin.scan(TableName=table, ConsistentRead=True))["Items"] for table in tables]
        facts = [item for item in found[0] if not item["PK"]["S"].startswith("SEAL")]
        return json.dumps(sorted(json.dumps(item, sort_keys=True) for item in facts))

    before = await dump()
    for method, path, content in WRITES:
        assert (await guarded.http.request(method, path, json=content)).status_code == 401
        for caller, scopes in {"taro": ("analyze", "audit", "identify"), "program": ("audit", "detokenize")}.items():
            answer = await guarded.ask(method, path, caller, *scopes, json=content)
            assert answer.status_code == 403, path
    for path in ("/users/hanako/ledger", "/transactions/t0", "/cards/card456/transactions", "/journal/trial-balance"):
        assert (await guarded.ask("GET", path, "taro", "points")).status_code == 403
    assert await dump() == before


async def test_what_an_auditor_reads_is_in_the_trail(guarded: Guarded) -> None:
    for path in ("/users/jiro/lots", "/transactions/t3"):
        assert (await guarded.ask("GET", path, "program-auditor", "audit")).status_code == 200
        assert (await guarded.ask("GET", path, "jiro")).status_code == 200
    trail = await guarded.ask("GET", "/audit?actor=client:program-auditor", "program-2", "audit")
    rows = [(row["action"], row["about"], row["outcome"]) for row in trail.json()["items"]]
    assert rows == [
        ("GET /transactions/{transactionId}", ["transaction:t3"], "SHOWN"),
        ("GET /users/{id}/lots", ["user:jiro"], "SHOWN"),
    ]
    by_jiro = await guarded.ask("GET", "/audit?actor=user:jiro", "program-2", "audit")
    assert by_jiro.json()["items"] == []


async def test_users_use_their_own_points(guarded: Guarded) -> None:
    answer = await guarded.ask("POST", "/users/saburo/redemptions", "saburo", json=REDEMPTION)
    assert answer.status_code == 201
    back = {"cancellationId": "c1"}
    path = "/users/saburo/redemptions/r1/cancellations"
    assert (await guarded.ask("POST", path, "saburo", json=back)).status_code == 403
    assert (await guarded.ask("POST", path, "program", "points", json=back)).status_code == 201
