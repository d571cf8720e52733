"""Stored items, answers and hashes are what they were when the file beside this was written: readers of facts are
older and younger than their writers, and hashes are checked for ever."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.expiry import Validity
from tests.commands.stored_forms import NEW_YORK, QUARTERS, TOKYO, told

FORMS: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
PROGRAMMES: dict[str, tuple[Validity, ZoneInfo, timedelta | None]] = {
    "180 days": (Validity(days=180), TOKYO, None),
    "quarters": (QUARTERS, NEW_YORK, timedelta(days=400)),
}


@pytest.mark.parametrize("programme", PROGRAMMES)
async def test_what_is_stored_and_answered_never_changes(programme: str) -> None:
    forms = await told(*PROGRAMMES[programme])
    assert [form["sent"] for form in forms] == [form["sent"] for form in FORMS[programme]]
    for form, expected in zip(forms, FORMS[programme], strict=True):
        assert form == expected, form["sent"]


def test_the_file_has_something_of_everything() -> None:
    forms = [form for programme in FORMS.values() for form in programme]
    attributes = {name for form in forms for item in form["items"] for name in item}
    assert attributes >= {"deficit", "lateness", "dueOn", "expirationTime", "ledgerExpiresOn", "channel", "cardName"}
    assert {len(form["items"]) for form in forms} >= {3, 4, 5}
    assert {"reason" in form["items"][-1] for form in forms} == {True, False}
