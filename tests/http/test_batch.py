"""POST /transactions:batch: one result for each line, in order; one bad line stops nothing else."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from httpx import AsyncClient

from tests.bodies import body

HEADERS = {"content-type": "application/x-ndjson"}


async def send(http: AsyncClient, lines: list[str]) -> list[dict[str, Any]]:
    answer = await http.post("/transactions:batch", content="\n".join(lines).encode(), headers=HEADERS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_one_result_for_each_line_in_order(http: AsyncClient, unique: str) -> None:
    await http.post("/transactions", json=body(unique, transactionId=f"old-{unique}"))
    lines = [
        json.dumps(body(unique)),
        "",
        "not json",
        json.dumps(body(unique, transactionAmount=-1, transactionId="bad")),
        json.dumps(body(unique, transactionId=f"old-{unique}")),
        json.dumps(body(unique, transactionId=f"old-{unique}", transactionAmount=1)),
        json.dumps(body(unique)),
        json.dumps(body(unique, description="x" * 70_000)),
        json.dumps(body(unique, description="4111111111111111")),
        json.dumps(body(unique, transactionId=f"two-{unique}"), ensure_ascii=False) + "\r",
        "[]",
    ]
    results = await send(http, lines)
    assert [result["line"] for result in results] == list(range(1, len(lines) + 1))
    assert [result["status"] for result in results] == [201, 422, 422, 422, 200, 409, 200, 413, 422, 201, 422]
    assert [result["transactionId"] for result in results] == [
        f"txn-{unique}", None, None, None, f"old-{unique}", f"old-{unique}", f"txn-{unique}", None, None,
        f"two-{unique}", None,
    ]  # fmt: skip
    assert results[3]["error"]["errors"][0]["pointer"] == "/transactionAmount"
    assert results[5]["error"]["code"] == "TRANSACTION_CONFLICT"
    assert "error" not in results[0]
    assert "4111" not in json.dumps(results)
    assert len((await http.get(f"/users/user-{unique}/kickbacks")).json()["items"]) == 3


async def test_a_batch_and_single_posts_write_the_same(http: AsyncClient, unique: str) -> None:
    await send(http, [json.dumps(body(unique))])
    batched = (await http.get(f"/transactions/txn-{unique}")).json()
    single = (await http.post("/transactions", json=body(f"{unique}s"))).json()
    for answer in (batched, single):
        for name in ("transactionId", "userId", "createdAt"):
            del answer[name]
    assert batched == single


async def test_a_thousand_lines_of_a_few_users(make_http: Callable[..., Awaitable[AsyncClient]]) -> None:
    http = await make_http(projector="outside")
    lines = [json.dumps(body(f"u{n % 7}", transactionId=f"t{n}", kickbackAmount=1)) for n in range(1000)]
    results = await send(http, lines)
    assert {result["status"] for result in results} == {201}
    again = await send(http, lines)
    assert {result["status"] for result in again} == {200}
    for user in range(7):
        ids = [f"t{n}" for n in range(1000) if n % 7 == user]
        versions = [(await http.get(f"/transactions/{one}")).json()["ledger"]["version"] for one in ids[:20]]
        assert versions == list(range(1, 21))  # in the order of the lines
        last = (await http.get(f"/transactions/{ids[-1]}")).json()["ledger"]
        assert (last["version"], last["balance"]) == (len(ids), len(ids))


async def test_the_first_of_two_lines_with_one_id_wins(http: AsyncClient, unique: str) -> None:
    lines = [json.dumps(body(f"{unique}{n}", transactionId=f"same-{unique}")) for n in range(20)]
    results = await send(http, lines)
    assert [result["status"] for result in results] == [201] + [409] * 19
    assert (await http.get(f"/transactions/same-{unique}")).json()["userId"] == f"user-{unique}0"


async def test_lines_may_arrive_in_pieces(http: AsyncClient, unique: str) -> None:
    content = (json.dumps(body(unique), ensure_ascii=False) + "\n" + json.dumps(body(f"{unique}b"))).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 17):
            yield content[start : start + 17]

    answer = await http.post("/transactions:batch", content=pieces(), headers=HEADERS)
    assert [json.loads(line)["status"] for line in answer.text.splitlines()] == [201, 201]


async def test_nothing_in_nothing_out(http: AsyncClient) -> None:
    assert await send(http, []) == []


async def test_other_body_types(http: AsyncClient, unique: str) -> None:
    answer = await http.post("/transactions:batch", json=body(unique))
    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
