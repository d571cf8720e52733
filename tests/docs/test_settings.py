"""A setting that is not documented fails the build."""

from pathlib import Path

from app.settings import Settings
from tests.settings_document import settings_markdown


def test_docs_settings_is_what_the_code_says() -> None:
    assert Path("docs/settings.md").read_text(encoding="utf-8") == settings_markdown(), (
        "run `python -m tests.settings_document > docs/settings.md`"
    )


def test_every_setting_is_described() -> None:
    assert [name for name, info in Settings.model_fields.items() if not info.description] == []
