"""docs/budgets.md is the table that the tests hold the service to."""

from pathlib import Path

from tests.budgets_document import budgets_markdown


def test_docs_budgets_is_the_table_of_budgets() -> None:
    assert Path("docs/budgets.md").read_text(encoding="utf-8") == budgets_markdown(), (
        "run `python -m tests.budgets_document > docs/budgets.md`"
    )
