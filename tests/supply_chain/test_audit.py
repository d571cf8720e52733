"""An audit that was not made is never said to have passed."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from supply_chain import audit
from supply_chain.audit import NOT_RUN, PASSED, VULNERABLE, verdict
from supply_chain.lock import LOCK, pinned

WANTED = {"one": "1.0", "two-x": "2.5"}
CLEAN: list[dict[str, Any]] = [
    {"name": "one", "version": "1.0", "vulns": []},
    {"name": "two.x", "version": "2.5", "vulns": []},
]
BAD = {"name": "one", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}, {"id": "CVE-2"}]}
UNKNOWN = "Dependency not found on PyPI and could not be audited: one (1.0)"


def output(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


@pytest.mark.parametrize(
    ("written", "errors", "code", "says"),
    [
        (output(*CLEAN), "", PASSED, "2 packages audited, no known vulnerabilities"),
        (output(BAD, CLEAN[1]), "Found 2", VULNERABLE, "one 1.0: PYSEC-1, fixed in 1.1\none 1.0: CVE-2"),
        (output(BAD), "", VULNERABLE, "PYSEC-1"),
        ("", f"ERROR:pip_audit._cli:one: {UNKNOWN}\n", NOT_RUN, UNKNOWN),
        ("", "", NOT_RUN, "audit not run"),
        ("[]", "", NOT_RUN, "audit not run"),
        ("No known vulnerabilities found", "", NOT_RUN, "audit not run"),
        (output(), "", NOT_RUN, "2 of 2 not looked up"),
        (output(CLEAN[0]), "", NOT_RUN, "1 of 2 not looked up: two-x"),
        (output(CLEAN[0], {"name": "two-x", "version": "2.4", "vulns": []}), "", NOT_RUN, "two-x"),
        (output(CLEAN[0], {"name": "two-x", "version": "2.5", "skip_reason": UNKNOWN}), "", NOT_RUN, "two-x"),
        (output(CLEAN[0], {"name": "two-x", "skip_reason": "x"}), "", NOT_RUN, "two-x"),
    ],
)
def test_what_answers_are_worth(written: str, errors: str, code: int, says: str) -> None:
    found = verdict(written, errors, WANTED)
    assert found.code == code
    assert says in found.text
    assert ("no known" in found.text) == (code == PASSED)


def test_nothing_wanted_is_nothing_audited() -> None:
    assert verdict(output(), "", {}).code == NOT_RUN


def test_the_codes_differ() -> None:
    assert len({PASSED, VULNERABLE, NOT_RUN}) == 3
    assert PASSED == 0


def _tool(folder: Path, script: str) -> str:
    tool = folder / "pip-audit"
    tool.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    return str(tool)


def test_it_asks_strictly_about_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everything = [{"name": n, "version": v, "vulns": []} for n, v in pinned(LOCK.read_text("utf-8")).items()]
    (tmp_path / "answer").write_text(output(*everything), encoding="utf-8")
    arguments = tmp_path / "arguments"
    script = f'echo "$@" >{arguments}\nfor last; do :; done\ncat "$last" >>{arguments}\ncat {tmp_path / "answer"}\n'
    assert audit.main(_tool(tmp_path, script)) == PASSED
    assert f"{len(everything)} packages audited" in capsys.readouterr().out
    asked = arguments.read_text("utf-8")
    assert "--strict" in asked
    assert pinned(asked.partition("\n")[2]) == pinned(LOCK.read_text("utf-8"))


@pytest.mark.parametrize("script", ["echo 'ERROR: no network' >&2; exit 1\n", "exit 0\n", None])
def test_an_unreachable_database_is_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str | None
) -> None:
    tool = _tool(tmp_path, script) if script is not None else str(tmp_path / "absent")
    assert audit.main(tool) == NOT_RUN
    said = capsys.readouterr()
    assert "audit not run" in said.err
    assert said.out == ""
