"""Asking a real issuer on loopback, on its bad days too."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.identity.fetching import MAX_BYTES, IssuersKeys
from app.identity.jwks import FetchFailed
from tests.identity.issuer import Issuer, a_key


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as one:
        yield one


async def failure(keys: IssuersKeys) -> str:
    with pytest.raises(FetchFailed) as caught:
        await keys.fetch()
    return str(caught.value)


async def test_keys_are_found_by_discovery(client: httpx.AsyncClient, issuer: Issuer) -> None:
    found = await IssuersKeys(client, issuer.url).fetch()
    assert [key.key_id for key in found.keys] == [issuer.keys[0].kid]


async def test_keys_are_found_where_the_settings_say(client: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.discovery = {"jwks_uri": "http://127.0.0.1:9/nowhere"}
    found = await IssuersKeys(client, "https://issuer.example", issuer.jwks_url).fetch()
    assert len(found.keys) == 1


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"jwks_uri": None},
        {"jwks_uri": 7},
        {"jwks_uri": "http://keys.example/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https:///jwks"},
        {"jwks_uri": "https://user:word@keys.example/jwks"},
        {"jwks_uri": "//keys.example/jwks"},
    ],
    ids=str,
)
async def test_a_wrong_discovery_document(client: httpx.AsyncClient, issuer: Issuer, discovery: dict[str, Any]) -> None:
    issuer.discovery = discovery
    assert (await failure(IssuersKeys(client, issuer.url))).startswith("the discovery document")
    assert issuer.fetches == 0


async def test_an_https_issuer_cannot_send_us_to_this_machine(issuer: Issuer) -> None:
    document = json.dumps({"issuer": "https://issuer.example", "jwks_uri": issuer.jwks_url}).encode()
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(document)))
    async with httpx.AsyncClient(transport=transport) as mocked:
        assert "https" in await failure(IssuersKeys(mocked, "https://issuer.example"))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage",
        b"[]",
        b"{}",
        b'{"keys": 7}',
        b'{"keys": {}}',
        b"\xff\xfe",
        b'{"keys": [], "keys": []}',
        b"[" * 9999,
    ],
)
async def test_garbage(client: httpx.AsyncClient, issuer: Issuer, answer: bytes) -> None:
    issuer.answer = answer
    assert await failure(IssuersKeys(client, issuer.url)) in {"not a JSON object", "not a key set"}


async def test_a_huge_answer_is_not_read_to_its_end(client: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.answer = b'{"keys": [' + b" " * (64 * MAX_BYTES) + b"]}"
    assert await failure(IssuersKeys(client, issuer.url)) == "the issuer's answer is too large"
    issuer.answer = json.dumps({"keys": [{"kid": str(number)} for number in range(65)]}).encode()
    assert await failure(IssuersKeys(client, issuer.url)) == "not a key set"


async def test_a_packed_answer_is_not_unpacked(client: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.answer = gzip.compress(b" " * 10_000_000)
    issuer.headers = {"Content-Encoding": "gzip"}
    assert await failure(IssuersKeys(client, issuer.url, issuer.jwks_url)) == "the issuer's answer is packed"


@pytest.mark.parametrize("status", [301, 302, 404, 500])
async def test_errors_and_other_places(client: httpx.AsyncClient, issuer: Issuer, status: int) -> None:
    issuer.status, issuer.headers = status, {"Location": issuer.jwks_url}
    assert await failure(IssuersKeys(client, issuer.url)) == "the issuer answered with an error"


async def test_a_slow_issuer(client: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.delay_seconds = 30
    before = time.monotonic()
    assert await failure(IssuersKeys(client, issuer.url, deadline=0.1)) == "no answer in time"
    assert time.monotonic() - before < 5


async def test_an_issuer_that_drips(client: httpx.AsyncClient) -> None:
    """Each byte comes soon enough; all of them do not."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
    assert await failure(IssuersKeys(client, "https://issuer.example", url, deadline=0.3)) == "no answer in time"
    server.close()


async def test_an_issuer_that_is_away(client: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.is_down = True
    assert (await failure(IssuersKeys(client, issuer.url))).startswith("no answer: ")
    assert "ConnectError" in await failure(IssuersKeys(client, "http://127.0.0.1:1"))


async def test_an_address_that_is_none(client: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.discovery = {"jwks_uri": "https://keys example/\x00"}
    assert "InvalidURL" in await failure(IssuersKeys(client, issuer.url))


async def test_a_failure_never_says_where(client: httpx.AsyncClient, issuer: Issuer) -> None:
    """Addresses of some issuers carry secrets."""
    issuer.is_down = True
    assert "secret" not in await failure(IssuersKeys(client, f"{issuer.url}/secret"))


async def test_the_keys_of_one_answer(client: httpx.AsyncClient, issuer: Issuer) -> None:
    issuer.keys = [a_key("one"), a_key("two", "RS256"), a_key("three", "ES384")]
    found = await IssuersKeys(client, issuer.url).fetch()
    assert {key.key_id: key.algorithm_name for key in found.keys} == {"one": "ES256", "two": "RS256"}
