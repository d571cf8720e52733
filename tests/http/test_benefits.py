"""Benefits: defined by data, exercised once for each id, refused with the condition that does not hold."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

VIDEO: dict[str, Any] = {
    "name": "動画を最後まで見た",
    "trigger": "VIDEO_WATCHED",
    "type": "POINT",
    "amount": 20,
    "conditions": [{"evidence": "watchedPercent", "atLeast": 90}],
    "limit": {"times": 3, "per": "DAY"},
    "validity": {"days": 30},
}
SIGN_UP: dict[str, Any] = {"name": "Sign-up", "trigger": "SIGN_UP", "type": "POINT", "amount": 500}
SECRET = "canary-value"


async def define(http: AsyncClient, benefit_id: str, content: dict[str, Any]) -> dict[str, Any]:
    answer = await http.put(f"/benefits/{benefit_id}", json=content)
    assert answer.status_code in (200, 201), answer.text
    document: dict[str, Any] = answer.json()
    return document


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.json()
    assert document["code"] == code
    assert SECRET not in answer.text
    return document


async def test_defining_and_reading(http: AsyncClient, unique: str) -> None:
    path = f"/benefits/{unique}"
    refused(await http.get(path), 404, "NOT_FOUND")
    first = await http.put(path, json=VIDEO)
    assert first.status_code == 201
    document = first.json()
    created_at = document.pop("createdAt")
    assert created_at.endswith("Z")
    assert document == {"benefitId": unique, "version": 1, **VIDEO, "validFrom": None, "validTo": None}
    assert (await http.get(path)).content == first.content
    again = await http.put(path, json=VIDEO)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = await http.put(path, json={**VIDEO, "amount": 21})
    assert (other.status_code, other.json()["version"], other.json()["amount"]) == (200, 2, 21)
    assert "idempotency-replayed" not in other.headers
    assert (await http.get(path)).content == other.content


async def test_what_is_left_out_is_filled_in(http: AsyncClient, unique: str) -> None:
    document = await define(http, unique, {**SIGN_UP, "trigger": "sign_up"})
    assert document["limit"] == {"times": 1, "per": "EVER"}
    assert (document["trigger"], document["conditions"], document["validity"]) == ("SIGN_UP", [], None)
    explicit: dict[str, Any] = {
        "conditions": [],
        "limit": {"times": 1, "per": "EVER"},
        "validFrom": None,
        "validity": None,
    }
    assert (await define(http, unique, {**SIGN_UP, **explicit}))["version"] == 1


async def test_every_comparison_comes_back_as_it_was_sent(http: AsyncClient, unique: str) -> None:
    conditions = [
        {"evidence": "a", "atLeast": 0},
        {"evidence": "b", "atMost": -1},
        {"evidence": "c", "equals": False},
        {"evidence": "d", "equals": 0},
        {"evidence": "e", "equals": ""},
        {"evidence": "f", "oneOf": ["金", 1, True]},
        {"evidence": "g", "present": True},
    ]
    document = await define(http, unique, {**SIGN_UP, "conditions": conditions})
    assert document["conditions"] == conditions


async def test_a_window_in_another_offset_is_the_same_window(http: AsyncClient, unique: str) -> None:
    window = {"validFrom": "2026-01-01T00:00:00+09:00", "validTo": "2026-12-31T23:59:59.999999+09:00"}
    document = await define(http, unique, {**SIGN_UP, **window})
    assert (document["validFrom"], document["validTo"]) == (
        "2025-12-31T15:00:00.000000Z",
        "2026-12-31T14:59:59.999999Z",
    )
    in_utc = {"validFrom": document["validFrom"], "validTo": document["validTo"]}
    assert (await define(http, unique, {**SIGN_UP, **in_utc}))["version"] == 1


async def test_signing_up_profile_video_and_campaign(http: AsyncClient, unique: str) -> None:
    """Four triggers, by data only, and what they give in one passbook."""
    profile = {**SIGN_UP, "trigger": "PROFILE_COMPLETED", "amount": 100}
    profile["conditions"] = [{"evidence": "completed", "equals": True}]
    campaign = {**SIGN_UP, "trigger": "CAMPAIGN", "amount": 7, "limit": {"times": 2, "per": "MONTH"}}
    for name, content in (("up", SIGN_UP), ("profile", profile), ("video", VIDEO), ("camp", campaign)):
        await define(http, f"{name}-{unique}", content)
    user = f"/users/u-{unique}"

    async def exercise(name: str, exercise_id: str, **evidence: Any) -> Any:
        path = f"{user}/benefits/{name}-{unique}/exercises"
        answer = await http.post(path, json={"exerciseId": exercise_id, "evidence": evidence})
        return answer.json().get("condition", answer.status_code)

    assert await exercise("up", "e1") == 201
    assert await exercise("up", "e2") == "limit: 1 EVER"
    assert await exercise("profile", "e1", completed=False) == "completed equals true"
    assert await exercise("profile", "e1", completed=True) == 201
    assert await exercise("video", "e1", watchedPercent=89) == "watchedPercent atLeast 90"
    assert [await exercise("video", f"e{n}", watchedPercent=90, videoId="v") for n in range(4)] == [
        201,
        201,
        201,
        "limit: 3 DAY",
    ]
    assert [await exercise("camp", f"e{n}") for n in range(3)] == [201, 201, "limit: 2 MONTH"]
    (balance,) = (await http.get(f"{user}/balances")).json()
    assert (balance["type"], balance["balance"], balance["version"]) == ("POINT", 500 + 100 + 3 * 20 + 2 * 7, 7)
    entries = (await http.get(f"{user}/ledger")).json()["items"]
    assert [one["cause"] for one in entries[-3:]] == [
        f"EXERCISE#video-{unique}#e0",
        f"EXERCISE#profile-{unique}#e1",
        f"EXERCISE#up-{unique}#e1",
    ]
    lots = {one["source"] for one in (await http.get(f"{user}/lots")).json()}
    assert lots == {f"BENEFIT:{name}-{unique}" for name in ("up", "profile", "video", "camp")}


async def test_an_exercise_twice_is_one(http: AsyncClient, unique: str) -> None:
    await define(http, unique, VIDEO)
    path = f"/users/u-{unique}/benefits/{unique}/exercises"
    body = {"exerciseId": "e1", "evidence": {"watchedPercent": 95, "videoId": "v1"}}
    answers = await asyncio.gather(*(http.post(path, json=body) for _ in range(10)))
    assert sorted(one.status_code for one in answers) == [200] * 9 + [201]
    assert len({one.content for one in answers}) == 1
    assert [one.headers.get("idempotency-replayed") for one in answers if one.status_code == 200] == ["true"] * 9
    document = answers[0].json()
    assert (document["evidence"], document["number"], document["benefitVersion"]) == (body["evidence"], 1, 1)
    assert document["ledger"]["balance"] == 20
    other = {"exerciseId": "e1", "evidence": {"watchedPercent": 96}}
    refused(await http.post(path, json=other), 409, "TRANSACTION_CONFLICT")
    reordered = {"evidence": {"videoId": "v1", "watchedPercent": 95}, "exerciseId": "e1"}
    assert (await http.post(path, json=reordered)).status_code == 200


async def test_ten_at_once_are_as_many_as_the_limit(http: AsyncClient, unique: str) -> None:
    await define(http, unique, VIDEO)
    path = f"/users/u-{unique}/benefits/{unique}/exercises"
    bodies = [{"exerciseId": f"e{n}", "evidence": {"watchedPercent": 100}} for n in range(10)]
    answers = await asyncio.gather(*(http.post(path, json=one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [201] * 3 + [409] * 7
    assert {one.json().get("condition") for one in answers if one.status_code == 409} == {"limit: 3 DAY"}
    assert sorted(one.json()["number"] for one in answers if one.status_code == 201) == [1, 2, 3]


async def test_what_is_not_there_and_what_has_moved(http: AsyncClient, unique: str) -> None:
    path = f"/users/u-{unique}/benefits/{unique}/exercises"
    refused(await http.post(path, json={"exerciseId": "e1"}), 404, "NOT_FOUND")
    await define(http, unique, {**SIGN_UP, "limit": {"times": 9, "per": "YEAR"}})
    assert (await http.post(path, json={"exerciseId": "e1"}, headers={"If-Match": "0"})).status_code == 201
    moved = await http.post(path, json={"exerciseId": "e2"}, headers={"If-Match": '"0"'})
    assert refused(moved, 409, "VERSION_CONFLICT")["actual"] == 1
    unmet = await http.post(path, json={"exerciseId": "e1"}, headers={"If-Match": "0"})
    assert unmet.status_code == 200


CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": CARD}, "/name"),
        ({"name": ...}, "/name"),
        ({"trigger": "SIGN UP"}, "/trigger"),
        ({"trigger": "登録"}, "/trigger"),
        ({"type": "POINTS"}, "/type"),
        ({"amount": 0}, "/amount"),
        ({"amount": -1}, "/amount"),
        ({"amount": 1.5}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": 10**12 + 1}, "/amount"),
        ({"conditions": [{"evidence": "x"}]}, "/conditions"),
        ({"conditions": [{"evidence": "x", "atLeast": 1, "atMost": 2}]}, "/conditions"),
        ({"conditions": [{"evidence": "x", "atLeast": None}]}, "/conditions"),
        ({"conditions": [{"evidence": "x", "atLeast": "1"}]}, "/conditions/atLeast"),
        ({"conditions": [{"evidence": "x", "atLeast": 1.5}]}, "/conditions/atLeast"),
        ({"conditions": [{"evidence": "x", "atLeast": True}]}, "/conditions/atLeast"),
        ({"conditions": [{"evidence": "x", "equals": 0.5}]}, "/conditions/equals"),
        ({"conditions": [{"evidence": "x", "equals": [1]}]}, "/conditions/equals"),
        ({"conditions": [{"evidence": "x", "equals": CARD}]}, "/conditions/equals"),
        ({"conditions": [{"evidence": "x", "oneOf": []}]}, "/conditions/oneOf"),
        ({"conditions": [{"evidence": "x", "oneOf": [1] * 21}]}, "/conditions/oneOf"),
        ({"conditions": [{"evidence": "x", "present": False}]}, "/conditions/present"),
        ({"conditions": [{"evidence": "x y", "present": True}]}, "/conditions/evidence"),
        ({"conditions": [{"evidence": "x", "present": True, SECRET: 1}]}, "/conditions"),
        ({"conditions": [{"evidence": "x", "present": True}] * 21}, "/conditions"),
        ({"limit": {"times": 0, "per": "DAY"}}, "/limit/times"),
        ({"limit": {"times": 1, "per": "WEEK"}}, "/limit/per"),
        ({"limit": {"times": 1}}, "/limit/per"),
        ({"limit": None}, "/limit"),
        ({"validFrom": "2026-01-01"}, "/validFrom"),
        ({"validTo": "0001-01-01T00:00:00+14:00"}, "/validTo"),
        ({"validTo": "9999-12-31T23:59:59-14:00"}, "/validTo"),
        ({"validFrom": "2026-01-02T00:00:00Z", "validTo": "2026-01-01T00:00:00Z"}, ""),
        ({"validity": {}}, "/validity"),
        ({"validity": {"days": 1, "months": 1}}, "/validity"),
        ({"validity": {"roundUp": "YEAR"}}, "/validity"),
        ({"validity": {"days": 0}}, "/validity/days"),
        ({"validity": {"days": 36_501}}, "/validity/days"),
        ({"validity": {"months": 1201}}, "/validity/months"),
        ({"validity": {"until": "3000-01-01"}}, "/validity/until"),
        ({"validity": {"until": "2026-02-29"}}, "/validity/until"),
        ({"validity": {"days": 1, "roundUp": "WEEK"}}, "/validity/roundUp"),
        ({"benefitId": "x"}, ""),
        ({SECRET: 1}, ""),
    ],
)
async def test_definitions_that_are_refused(
    http: AsyncClient, unique: str, changes: dict[str, Any], pointer: str
) -> None:
    content = {name: value for name, value in {**SIGN_UP, **changes}.items() if value is not ...}
    document = refused(await http.put(f"/benefits/{unique}", json=content), 422, "VALIDATION_FAILED")
    assert {one["pointer"] for one in document["errors"]} == {pointer}
    assert CARD not in str(document)
    refused(await http.get(f"/benefits/{unique}"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/exerciseId"),
        ({"exerciseId": ""}, "/exerciseId"),
        ({"exerciseId": "4111111111111111"}, "/exerciseId"),
        ({"exerciseId": "e1", "evidence": None}, "/evidence"),
        ({"exerciseId": "e1", "evidence": []}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {SECRET: None}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {SECRET: 1.5}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {SECRET: {"a": 1}}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {SECRET: [1]}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {f"{SECRET} x": 1}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {"": 1}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {"x": CARD}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {"x": "card ４１１１-1111-1111-1111"}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {"4111111111111111": 1}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {"x": 4111111111111111}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {"x": "\u202e"}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {"x": "y" * 257}}, "/evidence"),
        ({"exerciseId": "e1", "evidence": {f"f{n}": n for n in range(21)}}, "/evidence"),
        ({"exerciseId": "e1", SECRET: 1}, ""),
    ],
)
async def test_exercises_that_are_refused(http: AsyncClient, unique: str, body: dict[str, Any], pointer: str) -> None:
    answer = await http.post(f"/users/u-{unique}/benefits/{unique}/exercises", json=body)
    document = refused(answer, 422, "VALIDATION_FAILED")
    assert [one["pointer"] for one in document["errors"]] == [pointer]
    assert "4111" not in answer.text


async def test_twenty_fields_of_evidence_are_kept(http: AsyncClient, unique: str) -> None:
    await define(http, unique, SIGN_UP)
    evidence: dict[str, Any] = {f"f{n}": n for n in range(18)} | {"text": "金" * 256, "yes": True}
    path = f"/users/u-{unique}/benefits/{unique}/exercises"
    answer = await http.post(path, json={"exerciseId": "e1", "evidence": evidence})
    assert (answer.status_code, answer.json()["evidence"]) == (201, evidence)
