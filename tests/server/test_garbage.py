"""Garbage is looked for seldom once the service runs."""

import socket
import subprocess
import sys
from typing import Any

import pytest

from app.cli import serve as command

_PROGRAM = """
import gc
from app.server.garbage import keep_what_is_there

young, middle, old = gc.get_threshold()
keep_what_is_there()
now = gc.get_threshold()
print(gc.get_freeze_count() > 1_000, now[0] > young, now[1:] == (2, old), gc.isenabled())
"""


def test_what_is_there_is_kept_and_new_things_are_looked_at_less_often() -> None:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["True"] * 4


def test_it_is_done_once_the_service_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def served(*_: Any, on_ready: Any) -> None:
        done.append("serving")
        on_ready("http://127.0.0.1:1")

    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setattr(command, "configure_logs", lambda **_: None)
    monkeypatch.setattr(command, "serve_app", served)
    monkeypatch.setattr(command, "keep_what_is_there", lambda: done.append("kept"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(command, "listen", lambda *_: listener)
        command.serve()
    assert done == ["serving", "kept"]
