"""How often a call is sent, and what comes of it: what the SDK by itself would make of it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from botocore.exceptions import BotoCoreError, ClientError

from app.settings import Settings
from app.store.client import ClientOptions, data_client
from app.store.wire import BODY
from tests.faults.conftest import NEVER_OPEN, Connections
from tests.faults.proxy import Fault, Proxy

pytestmark = pytest.mark.dynamodb

ATTEMPTS = 3
KEY = {"PK": {"S": "NOBODY"}, "SK": {"S": "NOTHING"}}


@pytest_asyncio.fixture
async def between(connections: Connections) -> Proxy:
    connections.proxy.reset()
    return connections.proxy


def _options(between: Proxy) -> ClientOptions:
    return ClientOptions(
        region="ap-northeast-1", attempts=ATTEMPTS, read_seconds=2, endpoint=between.url, breaker=NEVER_OPEN
    )


@pytest_asyncio.fixture(scope="module")
async def warm_client(connections: Connections, shared_settings: Settings) -> AsyncIterator[Any]:
    async with data_client(_options(connections.proxy)) as one:
        connections.proxy.reset()
        await one.get_item(TableName=shared_settings.facts_table, Key=KEY)  # goes the SDK's way, and shows it
        yield one


@pytest.fixture
def client(warm_client: Any, between: Proxy) -> Any:
    """Of a proxy that has seen nothing yet."""
    return warm_client


@pytest.fixture
def facts_table(shared_settings: Settings) -> str:
    return shared_settings.facts_table


@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.LOSE_REQUEST])
@pytest.mark.parametrize("faults", [1, ATTEMPTS])
async def test_the_first_call_of_all_is_sent_as_often_too(
    between: Proxy, facts_table: str, fault: Fault, faults: int
) -> None:
    async with data_client(_options(between)) as client:
        await _is_sent_as_often(client, between, facts_table, fault, faults)


@pytest.mark.parametrize("faults", [1, ATTEMPTS])
@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.LOSE_REQUEST, Fault.LOSE_RESPONSE, Fault.THROTTLE, Fault.HTML])
async def test_a_call_is_sent_as_often_as_the_sdk_is_told(
    client: Any, between: Proxy, facts_table: str, fault: Fault, faults: int
) -> None:
    await _is_sent_as_often(client, between, facts_table, fault, faults)


async def _is_sent_as_often(client: Any, between: Proxy, facts_table: str, fault: Fault, faults: int) -> None:
    between.once("GetItem", *[fault] * faults)
    if faults < ATTEMPTS:
        assert (await client.get_item(TableName=facts_table, Key=KEY))[BODY] == b"{}"
    else:
        with pytest.raises((ClientError, BotoCoreError)):
            await client.get_item(TableName=facts_table, Key=KEY)
    assert between.seen["GetItem"] == min(faults + 1, ATTEMPTS)
    assert between.fired[fault] == faults


async def test_an_answer_that_is_not_what_its_checksum_says_is_asked_for_again(
    client: Any, between: Proxy, facts_table: str
) -> None:
    await _is_sent_as_often(client, between, facts_table, Fault.CORRUPT, 1)


async def test_errors_that_no_attempt_heals_are_sent_once(
    client: Any, between: Proxy, facts_table: str, unique: str
) -> None:
    item = {"PK": {"S": unique}, "SK": {"S": "there"}}
    put = {"TableName": facts_table, "Item": item}
    await client.put_item(**put)
    between.reset()
    for _ in range(2):
        with pytest.raises(ClientError) as raised:
            await client.put_item(**put, ConditionExpression="attribute_not_exists(PK)")
        assert raised.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert between.seen["PutItem"] == 2


async def test_a_cancelled_transaction_brings_its_reasons(
    client: Any, between: Proxy, facts_table: str, unique: str
) -> None:
    item = {"PK": {"S": unique}, "SK": {"S": "IT"}}
    new = {"Put": {"TableName": facts_table, "Item": item, "ConditionExpression": "attribute_not_exists(PK)"}}
    new["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    await client.transact_write_items(TransactItems=[new])
    between.reset()
    with pytest.raises(ClientError) as raised:
        await client.transact_write_items(TransactItems=[new])
    (reason,) = raised.value.response["CancellationReasons"]
    assert (reason["Code"], reason["Item"]) == ("ConditionalCheckFailed", item)
    assert between.seen["TransactWriteItems"] == 1


async def test_calls_at_the_same_time_keep_their_own_outcomes(
    client: Any, between: Proxy, facts_table: str, unique: str
) -> None:
    keys = [{"PK": {"S": f"{unique}-{number:02d}"}, "SK": {"S": "X"}} for number in range(30)]
    for key in keys:
        await client.put_item(TableName=facts_table, Item={**key, "own": key["PK"]})
    turns = iter(range(1_000))
    between.decide = lambda _: Fault.INTERNAL if next(turns) in range(0, 30, 3) else None
    answers = await asyncio.gather(*(client.get_item(TableName=facts_table, Key=key) for key in keys))
    assert between.fired[Fault.INTERNAL] == 10
    for key, answer in zip(keys, answers, strict=True):
        assert key["PK"]["S"].encode() in answer[BODY]


async def test_retries_in_vain_are_paid_from_a_budget_that_successes_fill(between: Proxy, facts_table: str) -> None:
    """A hundred of them; ten calls that succeed at once are good for another one."""
    options = ClientOptions(
        region="ap-northeast-1",
        attempts=2,
        connect_seconds=20,
        read_seconds=20,
        call_seconds=60,
        endpoint=between.url,
        breaker=NEVER_OPEN,
    )
    async with data_client(options) as client:

        async def get() -> bool:
            try:
                await client.get_item(TableName=facts_table, Key=KEY)
            except ClientError:
                return False
            return True

        assert await get()
        between.decide = lambda _: Fault.INTERNAL
        for _ in range(11):
            assert not any(await asyncio.gather(*(get() for _ in range(10))))
        assert between.seen["GetItem"] == 1 + 110 + 100
        between.reset()
        between.once("GetItem", Fault.INTERNAL)
        assert not await get()  # the budget is spent
        assert between.seen["GetItem"] == 1
        assert all([await get() for _ in range(9)])
        between.once("GetItem", Fault.INTERNAL)
        assert not await get()
        assert await get()
        between.once("GetItem", Fault.INTERNAL)
        assert await get()


_WITHOUT_KEYS = """
import asyncio
from app.settings import Settings
from app.store.client import ClientOptions, data_client

async def main():
    async with data_client(ClientOptions(region="x", attempts=1, endpoint="http://127.0.0.1:9")) as client:
        for _ in range(2):
            try:
                await client.get_item(TableName="T", Key={})
            except Exception as error:
                print(type(error).__name__)

asyncio.run(main())
"""


def test_without_credentials_the_sdk_says_so() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"}
    ran = subprocess.run(
        [sys.executable, "-c", _WITHOUT_KEYS], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.split() == ["NoCredentialsError"] * 2
