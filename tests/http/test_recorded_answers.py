"""Lists, rankings and balances are, byte for byte, what they were when the file beside this was written."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient

from app.api.application import build_application
from app.api.services import Services
from tests.http.stored import stored_services
from tests.http.stored_pages import pages

FILE = Path(__file__).with_suffix(".json")
RECORDED: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest_asyncio.fixture
async def http() -> AsyncIterator[AsyncClient]:
    @asynccontextmanager
    async def open_services() -> AsyncIterator[Services]:
        yield stored_services(pages())

    app = build_application(open_services, new_request_id=lambda: "id", deadline_seconds=15)
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app=app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://kickbacks.test") as client:
            yield client


@pytest.mark.parametrize("target", RECORDED)
async def test_an_answer_stays_as_it_is(http: AsyncClient, target: str) -> None:
    """With the pages that follow it."""
    answers, following = [], target
    for _ in range(9):
        answer = await http.get(following)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["content-length"] == str(len(answer.content))
        answers.append(answer.content.decode())
        cursor = json.loads(answer.content).get("nextCursor") if answer.content[:1] == b"{" else None
        assert ("link" in answer.headers) == (cursor is not None)
        if cursor is None:
            break
        following = answer.headers["link"].partition(">")[0].strip("<")
        assert quote(cursor) in following
    assert answers == RECORDED[target]


def test_the_file_has_something_of_everything() -> None:
    everything = "".join(answer for answers in RECORDED.values() for answer in answers)
    for sign in (
        "reversalId",
        "🛒",
        "\\u0000",
        ":0.000001",
        "9" * 38,
        "カード",
        '"medal":"GOLD"',
        "DEFICIT",
    ):
        assert sign in everything, sign
    assert max(len(answers) for answers in RECORDED.values()) > 2
