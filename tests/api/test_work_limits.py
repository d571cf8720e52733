"""How much is worked on at once: what is too much is refused before its body is read, and every slot comes back."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.middleware import RequestMiddleware
from app.api.sizes import MAX_HEADERS, MAX_PATH_CHARACTERS, MAX_QUERY_BYTES
from app.api.work_limits import WorkLimits
from tests.api.protected import Answer, ask, nothing, ok, request

BODY: Message = {"type": "http.request", "body": b"{}", "more_body": False}
POST = ("POST", "/transactions")


class Held:
    """An application that reads the body and then works until it is let go."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.working = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        self.working += 1
        try:
            await self.free.wait()
        finally:
            self.working -= 1
        await ok(scope, receive, send)


async def unread() -> Message:
    raise AssertionError("the body was read")


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def begin(limits: ASGIApp, *requests: tuple[str, str]) -> list[asyncio.Task[Answer]]:
    tasks = [asyncio.create_task(ask(limits, request(*one))) for one in requests]
    await settle()
    return tasks


async def end(held: Held, tasks: Sequence[asyncio.Task[Answer]]) -> list[int]:
    held.free.set()
    return [answer.status for answer in await asyncio.gather(*tasks)]


async def test_too_many_are_refused_at_once_and_before_their_bodies_are_read() -> None:
    held = Held()
    limits = WorkLimits(held, most=5)
    working = await begin(limits, *[POST] * 5)
    refused = await ask(limits, request(*POST), receive=unread)
    assert (refused.status, refused.problem["code"], refused.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
    assert held.working == limits.working == 5
    assert await end(held, working) == [200] * 5
    assert limits.working == 0
    assert (await ask(limits, request(*POST))).status == 200


@pytest.mark.parametrize(
    ("others", "most", "allowed"),
    [
        ([("GET", "/users/a/kickbacks")], 10, 8),
        ([("POST", "/users/a/redemptions")], 10, 8),
        ([("GET", "/transactions")], 10, 8),
        ([("POST", "/transactions:batch")], 16, 2),
        ([("GET", "/docs"), ("GET", "/static-offline-docs/a.js"), ("GET", "/openapi.json")], 16, 2),
        ([("GET", "/me")], 1, 1),
    ],
)
async def test_a_part_is_left_to_recording(others: list[tuple[str, str]], most: int, allowed: int) -> None:
    held = Held()
    limits = WorkLimits(held, most=most)
    tasks = await begin(limits, *(others * most))
    assert held.working == allowed
    posts = await begin(limits, *[POST] * most)
    assert held.working == most
    statuses = await end(held, [*tasks, *posts])
    assert (statuses.count(200), statuses.count(503)) == (most, len(statuses) - most)


async def test_recording_does_not_take_what_is_not_free() -> None:
    held = Held()
    limits = WorkLimits(held, most=5)
    tasks = await begin(limits, *[POST] * 4, *[("GET", "/me")] * 3)
    assert await end(held, tasks) == [200] * 5 + [503] * 2


async def test_batches_and_files_leave_room_for_other_reading() -> None:
    held = Held()
    limits = WorkLimits(held, most=16)
    slow = [("POST", "/transactions:batch")] * 9 + [("GET", "/static-offline-docs/a.js")] * 9
    tasks = await begin(limits, *slow, *[("GET", "/me")] * 20)
    assert held.working == 13  # all that is not kept for recording
    assert (await end(held, tasks)).count(200) == 13


async def test_health_is_always_answered() -> None:
    held = Held()
    limits = WorkLimits(held, most=1)
    tasks = await begin(limits, POST, *[("GET", "/health/live")] * 4, ("GET", "/metrics"))
    assert await end(held, tasks) == [200] * 5 + [503]


async def test_slow_senders_hold_no_slot() -> None:
    """A thousand that do not send their bodies cost nobody anything; when they have, there is room or there is not."""
    held, arrived = Held(), asyncio.Event()
    limits = WorkLimits(held, most=2)

    async def slowly() -> Message:
        await arrived.wait()
        return BODY

    slow = [asyncio.create_task(ask(limits, request(*POST), receive=slowly)) for _ in range(1_000)]
    await settle()
    assert limits.working == 0
    quick = await begin(limits, POST)
    assert held.working == 1
    arrived.set()
    await settle()
    assert held.working == limits.working == 2
    statuses = await end(held, [*quick, *slow])
    assert (statuses.count(200), statuses.count(503), limits.working) == (2, 999, 0)


async def test_a_body_in_pieces_takes_one_slot() -> None:
    held = Held()
    limits = WorkLimits(held, most=5)
    pieces = [{**BODY, "more_body": True}, {**BODY, "more_body": True}, BODY]

    async def receive() -> Message:
        return pieces.pop(0)

    task = asyncio.create_task(ask(limits, request(*POST), receive=receive))
    await settle()
    assert limits.working == 1
    assert await end(held, [task]) == [200]
    assert limits.working == 0


async def test_asking_for_more_of_a_whole_body_takes_no_other_slot() -> None:
    async def greedy(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(3):
            await receive()
        await ok(scope, receive, send)

    limits = WorkLimits(greedy, most=5)
    assert (await ask(limits, request(*POST))).status == 200
    assert limits.working == 0


async def fail(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise RuntimeError("unforeseen")


async def hang(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await asyncio.Event().wait()


async def left(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise ClientDisconnect


@pytest.mark.parametrize("how", [POST, ("GET", "/me"), ("POST", "/transactions:batch")], ids=str)
@pytest.mark.parametrize("app", [ok, fail, left, hang], ids=lambda app: app.__name__)
async def test_every_slot_comes_back(app: ASGIApp, how: tuple[str, str]) -> None:
    limits = WorkLimits(app, most=8)
    around = RequestMiddleware(limits, new_id=lambda: "x", deadline_seconds=0.01)
    cancelled = asyncio.create_task(_quietly(around, how))
    await settle()
    cancelled.cancel()
    await asyncio.wait([cancelled])
    if app is not hang or not how[1].endswith("batch"):  # a batch has no deadline
        await _quietly(around, how)
    assert [slots.taken for slots in (*limits._batches, *limits._files)] == [0] * 6


async def _quietly(app: ASGIApp, how: tuple[str, str]) -> None:
    async def send(message: Message) -> None:
        return None

    await app(request(*how), nothing, send)


async def test_who_leaves_while_sending_had_no_slot() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    limits = WorkLimits(Held(), most=2)
    task = asyncio.create_task(ask(limits, request(*POST), receive=gone))
    await settle()
    assert limits.working == 0
    task.cancel()
    await asyncio.wait([task])
    assert limits.working == 0


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"path": "/" + "a" * (MAX_PATH_CHARACTERS - 1)}, 200, None),
        ({"path": "/" + "a" * MAX_PATH_CHARACTERS}, 414, "URI_TOO_LONG"),
        ({"query_string": b"a" * MAX_QUERY_BYTES}, 200, None),
        ({"query_string": b"a" * (MAX_QUERY_BYTES + 1)}, 414, "URI_TOO_LONG"),
        ({"headers": [(b"x", b"y")] * MAX_HEADERS}, 200, None),
        ({"headers": [(b"x", b"y")] * (MAX_HEADERS + 1)}, 431, "HEADERS_TOO_LARGE"),
    ],
)
async def test_the_parts_of_a_head_have_largest_sizes(changes: dict[str, Any], status: int, code: str | None) -> None:
    answer = await ask(WorkLimits(ok, most=5), request(), changes)
    assert answer.status == status
    assert code is None or answer.problem["code"] == code


async def test_other_protocols_pass_untouched() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    send: Callable[[Message], Any] = Answer().send
    await WorkLimits(app, most=1)({"type": "lifespan"}, unread, send)
    assert seen == [{"type": "lifespan"}]
