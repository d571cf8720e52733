"""Every test that docs/promises.md names is there."""

import re
from pathlib import Path

NAMED = re.findall(r"`(test_\w+)`", Path("docs/promises.md").read_text("utf-8"))
DEFINED = {
    name for file in Path("tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
}


def test_no_promise_is_without_its_test() -> None:
    assert [name for name in NAMED if name not in DEFINED] == []
    assert len(NAMED) >= 26
