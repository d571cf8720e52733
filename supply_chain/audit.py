"""`make audit`: whether vulnerabilities are known of what the image is made of.

    python -m supply_chain.audit path/to/pip-audit

It ends with 0 only if every package of the lock was looked up and nothing is known of any; with 1 if something is
known; with 69 (EX_UNAVAILABLE) and "not run" if not all were looked up, as where the database cannot be reached. An
audit that was not made is never said to have passed.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply_chain.lock import LOCK, of_the_image, pinned

PASSED, VULNERABLE, NOT_RUN = 0, 1, os.EX_UNAVAILABLE
_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit code, and what is said."""

    code: int
    text: str


def verdict(output: str, errors: str, wanted: Mapping[str, str]) -> Verdict:
    """What pip-audit's answers are worth. Its exit code says nothing: it is 1 for findings and for failures."""
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Verdict(NOT_RUN, f"audit not run: {_last_line(errors)}")
    known = [
        f"{one['name']} {one['version']}: {found['id']}"
        + (f", fixed in {', '.join(found['fix_versions'])}" if found.get("fix_versions") else "")
        for one in dependencies
        for found in one.get("vulns", ())
    ]
    if known:
        return Verdict(VULNERABLE, "\n".join(["known vulnerabilities:", *known]))
    audited: dict[str, str] = {
        canonicalize_name(one["name"]): one["version"] for one in dependencies if _was_audited(one)
    }
    missing = sorted(name for name, version in wanted.items() if audited.get(name) != version)
    if missing or not wanted:
        return Verdict(NOT_RUN, f"audit not run: {len(missing)} of {len(wanted)} not looked up: {', '.join(missing)}")
    return Verdict(PASSED, f"{len(audited)} packages audited, no known vulnerabilities")


def _was_audited(dependency: Mapping[str, Any]) -> bool:
    return "vulns" in dependency and "skip_reason" not in dependency


def _last_line(errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    return lines[-1] if lines else "pip-audit said nothing"


def asked(tool: str, lock: str) -> tuple[str, str]:
    """What pip-audit writes, and what it complains of."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text(of_the_image(lock), encoding="utf-8")
        command = [tool, "--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        command += ["--format", "json", "--requirement", str(file)]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS, text=True)  # noqa: S603 - a fixed command
        except (OSError, subprocess.TimeoutExpired) as error:
            return "", f"{tool}: {type(error).__name__}"
        return done.stdout, done.stderr


def main(tool: str) -> int:
    """Asks, and says what came of it. The exit code."""
    lock = LOCK.read_text("utf-8")
    found = verdict(*asked(tool, lock), pinned(lock))
    print(found.text, file=sys.stderr if found.code else sys.stdout)
    return found.code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
