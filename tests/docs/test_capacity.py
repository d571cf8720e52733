"""docs/capacity.md is what is computed."""

from pathlib import Path

from bench.capacity.document import capacity_markdown


def test_docs_capacity_is_what_is_computed() -> None:
    assert Path("docs/capacity.md").read_text(encoding="utf-8") == capacity_markdown(), (
        "run `python -m bench.capacity > docs/capacity.md`"
    )
