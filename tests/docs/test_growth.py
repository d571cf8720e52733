"""What docs/performance.md says of growth and memory is what was measured."""

import json

from tests.docs.growth import DOCUMENT, GROWTH, MEMORY, rendered


def test_the_document_says_what_was_measured() -> None:
    text = DOCUMENT.read_text("utf-8")

    assert "<!-- growth -->" in text
    assert rendered(text) == text, "run `python -m tests.docs.growth`"


def test_what_was_measured_is_what_is_promised() -> None:
    """All sizes that the promise names, and every verdict holds."""
    growth, memory = (json.loads(path.read_text("utf-8")) for path in (GROWTH, MEMORY))

    sizes = {one["over"]: [point["n"] for point in one["points"]] for one in growth["series"]}
    assert sizes["shards"] == [1, 4, 16, 64]
    assert sizes["purchases on a page"] == [1, 10, 50, 100, 200]
    assert sizes["clients at once"] == [1, 4, 16, 64, 256]
    assert sizes["purchases"][:3] == [1_000, 10_000, 100_000]
    assert [one["work"] for one in growth["series"] if not one["verdict"]["holds"]] == []
    assert memory["batches"][0]["lines"] >= 1_000_000
    assert all(one["steady"] for one in memory["batches"])
