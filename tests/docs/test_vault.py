"""Every command of docs/vault.md answers what it says; its table of who may do what is the code's."""

import re

import pytest

from app.api.access_rules import TABLE
from app.domain.access import Scope
from app.settings import Settings
from tests.docs.vault import VAULT, rendered_vault
from tests.e2e.service import Service

TEXT = VAULT.read_text("utf-8")
# The routes of each line of the table.
ROUTES = {
    "add a card, see what is shown of it": ("POST /cards", "GET /cards/{cardId}"),
    "the number behind a token": ("POST /cards/{cardId}/detokenizations",),
    "user ids for identities, and back; search": (
        "POST /identities",
        "POST /identities/searches",
        "GET /users/{id}/identity",
    ),
    "put and get a profile": ("PUT /users/{id}/profile", "GET /users/{id}/profile"),
    "erase": ("POST /users/{id}/erasure",),
}


@pytest.mark.dynamodb
async def test_the_commands_answer_what_the_document_shows(started_without_views: tuple[Service, Settings]) -> None:
    service, _ = started_without_views
    assert await rendered_vault(TEXT, service.url) == TEXT, "run `python -m tests.docs.vault`"


def test_the_table_says_what_the_code_does() -> None:
    rows = re.findall(r"^\| ([^|`]+?) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", TEXT, re.MULTILINE)
    assert [name for name, *_ in rows] == list(ROUTES)
    for name, own, *by_scope in rows:
        for route in ROUTES[name]:
            rule = TABLE[route].rule
            assert rule.own == ("own" in own)
            assert [scope in rule.scopes for scope in (Scope.IDENTIFY, Scope.DETOKENIZE, Scope.ADMIN)] == [
                "yes" in one for one in by_scope
            ]
            assert not any((rule.public, rule.known))
