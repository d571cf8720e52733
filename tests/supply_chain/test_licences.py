"""Nothing in the image comes under a licence that nobody has looked at."""

from email.message import Message
from importlib.metadata import PackageMetadata
from typing import cast

import pytest

from supply_chain.licences import ALLOWED, licences_in, unwelcome
from supply_chain.lock import LOCK, pinned


def test_all_licences_are_allowed() -> None:
    names = list(pinned(LOCK.read_text("utf-8")))
    assert len(names) > 50
    assert unwelcome(names) == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([("License-Expression", "Apache-2.0 AND MIT")], {"Apache-2.0", "MIT"}),
        ([("License-Expression", "(MIT OR GPL-3.0-only)"), ("License", "MIT")], {"MIT", "GPL-3.0-only"}),
        ([("Classifier", "License :: OSI Approved :: BSD License"), ("License", "x")], {"BSD-3-Clause"}),
        ([("Classifier", "Topic :: Internet"), ("License", "Apache License 2.0")], {"Apache-2.0"}),
        ([("License", "Copyright (c) somebody\nAll rights reserved")], {"Copyright (c) somebody\nAll rights reserved"}),
        ([], set()),
    ],
)
def test_what_a_package_says(fields: list[tuple[str, str]], found: set[str]) -> None:
    told = Message()
    for name, value in fields:
        told[name] = value
    assert licences_in(cast(PackageMetadata, told)) == found


def test_what_is_not_allowed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "GPL-3.0-only" not in ALLOWED
    assert unwelcome(["pytest"]) == []
    monkeypatch.setattr("supply_chain.licences.ALLOWED", frozenset({"Apache-2.0"}))
    assert unwelcome(["pytest"]) == ["pytest: MIT"]
