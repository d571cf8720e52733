import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from botocore.exceptions import ClientError, EndpointConnectionError

from app.ports.errors import StoreRefused, StoreUnavailable
from app.ports.streams import IteratorExpired, StreamRecord, StreamShard, Trimmed
from app.settings import Settings
from app.store.client import ClientOptions, streams_client, streams_endpoint
from app.store.database import Database
from app.store.purchase_codec import purchase_item
from app.store.streams import DynamoStream, StreamMissing
from app.store.wire import BODY
from tests.fakes.documents import figures_of
from tests.purchases import purchase


class ScriptedClient:
    """Answers, in order, with what it was given; `asked` are the requests."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = deque(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[dict[str, bytes]]]:
        async def call(**request: Any) -> dict[str, bytes]:
            self.asked.append((operation, request))
            answer = self.answers.popleft()
            if isinstance(answer, Exception):
                raise answer
            return {BODY: json.dumps(answer).encode()}

        return call


def error(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "any")


def streams(*labels: str) -> dict[str, Any]:
    return {"Streams": [{"StreamArn": f"arn:{label}", "StreamLabel": label, "TableName": "t"} for label in labels]}


def described(*shards: dict[str, Any], last: str | None = None) -> dict[str, Any]:
    return {"StreamDescription": {"Shards": list(shards), **({"LastEvaluatedShardId": last} if last else {})}}


async def test_all_pages_of_shards_are_read() -> None:
    open_range = {"SequenceNumberRange": {"StartingSequenceNumber": "1"}}
    closed_range = {"SequenceNumberRange": {"StartingSequenceNumber": "1", "EndingSequenceNumber": "9"}}
    client = ScriptedClient(
        streams("2026-01-01"),
        described({"ShardId": "a", **closed_range}, last="a"),
        described({"ShardId": "b", "ParentShardId": "a", **open_range}),
    )
    assert await DynamoStream(client, "t").shards() == [
        StreamShard("a", None, closed=True),
        StreamShard("b", "a", closed=False),
    ]
    assert client.asked[2][1] == {"StreamArn": "arn:2026-01-01", "ExclusiveStartShardId": "a"}


async def test_the_newest_stream_of_the_table_is_looked_up_once() -> None:
    client = ScriptedClient(
        {**streams("2026-01-02", "2026-01-01"), "LastEvaluatedStreamArn": "arn:2026-01-01"},
        streams("2026-01-03"),
        described(),
        described(),
    )
    stream = DynamoStream(client, "t")
    await stream.shards()
    await stream.shards()
    assert [operation for operation, _ in client.asked] == ["list_streams"] * 2 + ["describe_stream"] * 2
    assert client.asked[1][1] == {"TableName": "t", "ExclusiveStartStreamArn": "arn:2026-01-01"}
    assert client.asked[3][1] == {"StreamArn": "arn:2026-01-03"}


async def test_a_stream_that_is_gone_is_looked_up_again() -> None:
    client = ScriptedClient(
        streams("2026-01-01"), error("ResourceNotFoundException"), streams("2026-01-02"), described()
    )
    stream = DynamoStream(client, "t")
    with pytest.raises(StoreUnavailable):
        await stream.shards()
    assert await stream.shards() == []
    assert client.asked[-1][1] == {"StreamArn": "arn:2026-01-02"}


@pytest.mark.parametrize("answer", [streams(), error("ResourceNotFoundException")])
async def test_a_table_without_a_stream_is_named(answer: dict[str, Any] | Exception) -> None:
    with pytest.raises(StreamMissing, match="the table t is not there, or has no stream"):
        await DynamoStream(ScriptedClient(answer), "t").shards()


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (error("TrimmedDataAccessException"), Trimmed),
        (error("ExpiredIteratorException"), IteratorExpired),
        (error("LimitExceededException"), StoreUnavailable),
        (error("ThrottlingException"), StoreUnavailable),
        (error("ProvisionedThroughputExceededException"), StoreUnavailable),
        (error("ResourceNotFoundException"), StoreUnavailable),
        (error("InternalServerError", 500), StoreUnavailable),
        (EndpointConnectionError(endpoint_url="http://x"), StoreUnavailable),
        (TimeoutError(), StoreUnavailable),
        (error("ValidationException"), StoreRefused),
    ],
)
async def test_every_error_becomes_the_ports(raised: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        await DynamoStream(ScriptedClient(raised), "t").read("iterator", 10)
    with pytest.raises(expected):
        await DynamoStream(ScriptedClient(streams("1"), raised), "t").open("a", "7")


@pytest.mark.parametrize("answer", [{"Records": "none"}, {"Records": [{}]}])
async def test_an_answer_that_makes_no_sense_is_no_answer(answer: dict[str, Any]) -> None:
    with pytest.raises(StoreUnavailable):
        await DynamoStream(ScriptedClient(answer), "t").read("iterator", 10)


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        ({}, None),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://local"}, "http://local"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://x", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "http://y"}, None),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://x", "AWS_ENDPOINT_URL": "http://y"}, None),
    ],
)
def test_dynamodb_local_serves_both(environ: dict[str, str], endpoint: str | None) -> None:
    assert streams_endpoint(environ) == endpoint


async def test_the_client_goes_where_the_environment_says(dynamodb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ENDPOINT_URL_DYNAMODB_STREAMS": dynamodb_url, "AWS_ENDPOINT_URL_DYNAMODB": "x:"}.items():
        monkeypatch.setenv(name, value)
    async with streams_client(ClientOptions(region="ap-northeast-1")) as one:
        assert one.meta.endpoint_url == dynamodb_url
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url)
    async with streams_client(ClientOptions(region="ap-northeast-1")) as one:
        assert one.meta.endpoint_url == dynamodb_url


@pytest_asyncio.fixture(scope="session")
async def streaming(dynamodb_url: str) -> AsyncIterator[Any]:
    async with streams_client(ClientOptions(region="ap-northeast-1", read_seconds=20)) as one:
        yield one


async def _read_all(stream: DynamoStream, shard_id: str, after: str | None, count: int) -> list[StreamRecord]:
    """So many records, however late they appear."""
    records: list[StreamRecord] = []
    iterator: str | None = await stream.open(shard_id, after)
    async with asyncio.timeout(20):
        while len(records) < count and iterator is not None:
            read = await stream.read(iterator, 7)
            records += read.records
            iterator = read.iterator
            await asyncio.sleep(0 if read.records else 0.1)
    return records


async def test_what_was_written_is_read_back_in_order(
    streaming: Any, client: Any, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    settings = await make_settings()
    bought = [purchase(transaction_id=f"t-{number:03d}", transaction_amount=number + 1) for number in range(20)]
    database = Database(client, settings.facts_table)
    for one in bought:
        await database.put_item(purchase_item(one, category_shards=1, card_shards=1))
    await database.put_item({"PK": {"S": "TXN#t-000"}, "SK": {"S": "TXN"}})
    stream = DynamoStream(streaming, settings.facts_table)
    [shard] = await stream.shards()
    assert not shard.closed
    records = await _read_all(stream, shard.shard_id, None, 21)
    assert [record.figures for record in records] == [*map(figures_of, bought), None]
    assert [int(record.sequence) for record in records] == sorted({int(record.sequence) for record in records})
    assert {record.event for record in records} == {"INSERT"}
    again = await _read_all(stream, shard.shard_id, records[16].sequence, 4)
    assert [record.sequence for record in again] == [record.sequence for record in records[17:]]


async def test_a_table_that_is_not_there_is_named(streaming: Any) -> None:
    with pytest.raises(StreamMissing):
        await DynamoStream(streaming, f"none-{uuid4().hex}").shards()
