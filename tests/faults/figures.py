"""What the fault tests measured, kept in docs/faults.json for docs/reliability.md.

They write it where the environment asks for it (`KICKBACKS_FAULT_FIGURES=write`), each its own part.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FIGURES = Path("docs/faults.json")
_ASKED = "KICKBACKS_FAULT_FIGURES"


def committed() -> dict[str, dict[str, Any]]:
    """By the name of the fault."""
    found: dict[str, dict[str, Any]] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return found


def note(name: str, figures: Mapping[str, float]) -> None:
    """Keeps them, if that is wanted. Tests in other processes may do so at the same time."""
    if os.environ.get(_ASKED) != "write":
        return
    with FIGURES.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        everything = json.loads(file.read() or "{}") | {name: dict(figures)}
        file.truncate(0)
        json.dump(everything, file, indent=2, sort_keys=True)
        file.write("\n")
