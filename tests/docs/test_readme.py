"""Every command and body of the READMEs is run, and says what they say it does."""

from pathlib import Path

import pytest

from app.settings import Settings
from tests.docs.readme import READMES, commands_of, load_demo, rendered
from tests.e2e.service import Service

pytestmark = pytest.mark.dynamodb

TEXTS = {readme: readme.read_text("utf-8") for readme in READMES}


@pytest.mark.parametrize("readme", READMES, ids=str)
async def test_the_commands_answer_what_the_readme_shows(started: tuple[Service, Settings], readme: Path) -> None:
    service, _ = started
    await load_demo(service.url)
    text = TEXTS[readme]
    assert await rendered(text, service.url) == text, "run `python -m tests.docs.readme`"


def test_both_languages_show_the_same_commands() -> None:
    english, japanese = (commands_of(readme.read_text("utf-8")) for readme in READMES)
    assert english == japanese
    assert sum(map(len, english)) >= 8


def test_every_make_target_that_is_named_is_there() -> None:
    makefile = Path("Makefile").read_text("utf-8")
    for target in ("run", "test", "check", "bench", "docker-test"):
        assert f"\n{target}:" in makefile
        assert all(f"make {target}" in readme.read_text("utf-8") for readme in READMES)
