import asyncio
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from app.embedded import DataInUse, StartFailed, embedded_dynamodb
from app.embedded.lock import lock

TABLE = {
    "TableName": "Notes",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEM = {"id": {"S": "a"}, "text": {"S": "食料品"}}


def call(url: str, operation: str, body: dict[str, Any], *, key: str = "k", region: str = "eu-west-1") -> Any:
    scope = f"{key}/20230101/{region}/dynamodb/aws4_request"
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def answer_to_page(url: str) -> tuple[int, Message]:
    request = urllib.request.Request(url, headers={"Origin": "http://page.example"})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(request, timeout=10)
    with answer.value as response:
        return response.code, response.headers


async def until(condition: Callable[[], bool], *, within_s: float = 10) -> None:
    def wait() -> None:
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    await asyncio.to_thread(wait)


async def test_answers_and_is_gone_afterwards(home: Path) -> None:
    async with embedded_dynamodb(home=home, data=None) as endpoint:
        call(endpoint.url, "CreateTable", TABLE, key="one", region="us-east-1")
        assert call(endpoint.url, "ListTables", {}, key="two", region="eu-west-1") == {"TableNames": ["Notes"]}
        assert endpoint.running()
        assert os.getsid(endpoint.pid) != os.getsid(0), "Ctrl-C in the terminal would reach it"
    assert not endpoint.running()
    with pytest.raises(ProcessLookupError):
        os.kill(endpoint.pid, 0)
    with pytest.raises(urllib.error.URLError):
        call(endpoint.url, "ListTables", {})


async def test_a_region_can_have_tables_of_its_own(home: Path) -> None:
    async with embedded_dynamodb(home=home, data=None, shared=False) as endpoint:
        call(endpoint.url, "CreateTable", TABLE, region="us-east-1")
        assert call(endpoint.url, "ListTables", {}, region="eu-west-1") == {"TableNames": []}
        assert call(endpoint.url, "ListTables", {}, region="us-east-1") == {"TableNames": ["Notes"]}


async def test_listens_on_loopback_only_and_not_to_web_pages(home: Path) -> None:
    async with embedded_dynamodb(home=home, data=None) as endpoint:
        port = int(endpoint.url.rpartition(":")[2])
        with pytest.raises(OSError, match=r"refused|assign|timed out"):
            socket.create_connection(("127.0.0.2", port), timeout=2).close()
        status, headers = answer_to_page(endpoint.url)
        assert status == 400
        assert "Access-Control-Allow-Origin" not in headers


async def test_data_survives_a_restart(home: Path, tmp_path: Path) -> None:
    data = tmp_path / "a folder"
    async with embedded_dynamodb(home=home, data=data) as endpoint:
        call(endpoint.url, "CreateTable", TABLE)
        call(endpoint.url, "PutItem", {"TableName": "Notes", "Item": ITEM})
    async with embedded_dynamodb(home=home, data=data) as endpoint:
        key = {"TableName": "Notes", "Key": {"id": {"S": "a"}}}
        assert call(endpoint.url, "GetItem", key) == {"Item": ITEM}
    assert "listening on port" in (data / "dynamodb.log").read_text()


async def test_a_second_database_on_one_folder_is_refused(home: Path, tmp_path: Path) -> None:
    async with embedded_dynamodb(home=home, data=tmp_path) as endpoint:
        with pytest.raises(DataInUse, match=str(tmp_path)):
            async with embedded_dynamodb(home=home, data=tmp_path, lock_wait_s=0.1):
                pass
        call(endpoint.url, "CreateTable", TABLE)


async def test_a_taken_port_is_told(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartFailed, match=f"port {port} is taken") as failure:
            async with embedded_dynamodb(home=home, data=None, port=port):
                pass
    assert failure.value.log_tail.strip()  # how much of the stack trace is in it depends on the moment


async def test_a_start_that_takes_too_long_fails(home: Path, tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="did not answer in time"):
        async with embedded_dynamodb(home=home, data=tmp_path, start_s=0.01):
            pass
    await assert_unlocked(tmp_path)


async def test_a_cancelled_start_leaves_no_process(home: Path, tmp_path: Path) -> None:
    async def start() -> None:
        async with embedded_dynamodb(home=home, data=tmp_path):
            raise AssertionError("it was to be cancelled before it was up")

    task = asyncio.create_task(start())
    await until((tmp_path / "dynamodb.log").exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await assert_unlocked(tmp_path)


async def test_a_crash_is_seen(home: Path) -> None:
    async with embedded_dynamodb(home=home, data=None) as endpoint:
        os.kill(endpoint.pid, signal.SIGKILL)
        await until(lambda: not endpoint.running())
        assert "guardian: java ended with status -9" in endpoint.log.tail()


async def assert_unlocked(data: Path) -> None:
    """Java holds the folder's lock while it lives."""
    descriptor = await asyncio.to_thread(lock, data / "lock", wait_s=5)
    assert descriptor is not None
    os.close(descriptor)
