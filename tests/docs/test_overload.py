"""What docs/performance.md says of much work for long, and of too much, is what was measured; and it is what is
promised."""

import json

from tests.docs.overload import ABUSE, DOCUMENT, SOAK, SPIKE, rendered


def test_the_document_says_what_was_measured() -> None:
    text = DOCUMENT.read_text("utf-8")

    assert "<!-- overload -->" in text
    assert rendered(text) == text, "run `python -m tests.docs.overload`"


def test_what_was_measured_is_what_is_promised() -> None:
    soak, spike = (json.loads(path.read_text("utf-8")) for path in (SOAK, SPIKE))

    assert [promise for promise, kept in soak["promises"].items() if not kept] == []
    # What a refusal costs, and so how much is done beside many of them, is told as it is: the document says so.
    told = ("done:", "turned away")
    assert [promise for promise, kept in spike["promises"].items() if not kept and not promise.startswith(told)] == []
    assert soak["settings"]["seconds"] >= 120
    assert soak["settings"]["sharePercent"] == 80
    assert spike["settings"]["times"] == 10
    assert spike["settings"]["seconds"] >= 5


def test_attacks_cost_others_no_more_than_is_promised() -> None:
    abuse = json.loads(ABUSE.read_text("utf-8"))

    assert abuse["holds"]
    assert abuse["ratio"]["p99"] <= abuse["mostRatio"] == 2
    assert abuse["settings"]["requests"] >= 10_000
