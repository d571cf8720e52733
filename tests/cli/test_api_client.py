"""Whom commands show a token to."""

import httpx
import pytest

from app.cli.api_client import BEARER_VARIABLE, UrlInvalid, open_client


async def shown(url: str, environ: dict[str, str]) -> str | None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    async with open_client(url, transport=httpx.MockTransport(answer), environ=environ) as client:
        await client.get("/me")
    found: str | None = seen[0].headers.get("Authorization")
    return found


@pytest.mark.parametrize(
    "url", ["https://api.example", "http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"]
)
async def test_the_token_of_the_environment_is_shown(url: str) -> None:
    assert await shown(url, {BEARER_VARIABLE: " a.b.c\n"}) == "Bearer a.b.c"
    assert await shown(url, {}) is None
    assert await shown(url, {BEARER_VARIABLE: ""}) is None


@pytest.mark.parametrize("url", ["http://api.example", "http://localhost.example", "http://10.0.0.1"])
async def test_a_token_is_not_sent_where_others_can_read_it(url: str) -> None:
    with pytest.raises(UrlInvalid) as caught:
        await shown(url, {BEARER_VARIABLE: "a.b.c"})
    assert "a.b.c" not in str(caught.value)
    assert await shown(url, {}) is None
