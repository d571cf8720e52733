import json

import pytest

from app.cli.batch import BatchRefused, Patience, Result, Unreachable, post_lines
from tests.cli.fake_api import FakeApi, answering, lost_connection, patience


def lines(count: int) -> list[bytes]:
    return [json.dumps({"transactionId": f"t{number}"}).encode() for number in range(count)]


async def post(api: FakeApi, count: int = 5, attempts: int = 3) -> list[Result]:
    async with api.client() as client:
        return await post_lines(client, lines(count), patience(attempts))


async def test_each_line_has_its_answer_in_order() -> None:
    api = FakeApi(purchases={"t1": {"transactionId": "t1"}, "t2": {"other": "content"}}, refused_ids={"t3"})
    results = await post(api)
    assert [result.status for result in results] == [201, 200, 409, 422, 201]
    assert results[2] == Result(409, "TRANSACTION_CONFLICT", "Nothing was written.")
    assert results[3] == Result(422, "VALIDATION_FAILED", "/category must be something else")


async def test_a_lost_connection_is_tried_again() -> None:
    api = FakeApi(faults=[lost_connection, answering(503)])
    assert [result.status for result in await post(api)] == [201] * 5
    assert len(api.requests) == 3


async def test_what_was_answered_before_the_connection_broke_is_not_sent_again() -> None:
    api = FakeApi(cut_after_lines=2)
    assert [result.status for result in await post(api)] == [201, 201, 200, 200, 200]
    assert len(api.requests[1].content.splitlines()) == 3


async def test_lines_that_could_not_be_written_are_sent_again() -> None:
    api = FakeApi(busy_lines=3)
    assert [result.status for result in await post(api)] == [201] * 5
    assert len(api.requests[1].content.splitlines()) == 3


async def test_lines_that_stay_unwritten_are_told_in_the_end() -> None:
    api = FakeApi(busy_lines=1000)
    results = await post(api, attempts=4)
    assert [(result.status, result.code) for result in results] == [(503, "UNAVAILABLE")] * 5
    assert len(api.requests) == 4


async def test_progress_begins_the_attempts_anew() -> None:
    api = FakeApi(busy_lines=14)  # 5, 5, 4: one is settled in the third, the rest in the fourth
    assert [result.status for result in await post(api, attempts=3)] == [201] * 5


async def test_a_service_that_never_answers_is_unreachable() -> None:
    api = FakeApi(faults=[lost_connection] * 10)
    with pytest.raises(Unreachable, match="5 of 5"):
        await post(api, attempts=3)
    assert len(api.requests) == 3


async def test_a_refusal_of_the_whole_batch_is_not_tried_again() -> None:
    api = FakeApi(faults=[answering(415)])
    with pytest.raises(BatchRefused, match="415 SOMETHING: Something"):
        await post(api)
    assert len(api.requests) == 1


async def test_waits_grow_up_to_a_limit() -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    one = Patience(first_seconds=0.2, most_seconds=1.0, sleep=note, jitter=lambda: 1.0)
    for fruitless in range(5):
        await one.wait(fruitless)
    assert waits == [0.2, 0.4, 0.8, 1.0, 1.0]
