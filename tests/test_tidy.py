"""House rules that no linter knows."""

import ast
import re

import pytest

from tests.sources import Source, imported, sources

LONGEST_FILE = 300
# They talk to a person, or by their output to the process that started them.
PROGRAMS = ("app/cli/", "app/embedded/__main__.py", "app/embedded/guardian.py")
APP = sources("app")
EVERYTHING = sources("app", "tests")
SDK = {"aioboto3", "aiobotocore", "boto3"}
SDK_ALLOWED = {"app/store/client.py", "app/store/http_session.py"}


@pytest.mark.parametrize("source", EVERYTHING, ids=lambda source: source.name)
def test_files_are_short(source: Source) -> None:
    assert len(source.text.splitlines()) <= LONGEST_FILE, "split it by what it decides"


@pytest.mark.parametrize("source", APP, ids=lambda source: source.name)
def test_every_module_says_what_it_is(source: Source) -> None:
    assert ast.get_docstring(source.tree)


@pytest.mark.parametrize("source", APP, ids=lambda source: source.name)
def test_only_the_client_and_its_session_import_the_sdk(source: Source) -> None:
    assert not imported(source.tree) & SDK or source.name in SDK_ALLOWED, "take a client from app.store.client"


@pytest.mark.parametrize("source", APP, ids=lambda source: source.name)
def test_only_what_is_a_program_of_its_own_prints(source: Source) -> None:
    prints = [
        node.lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert prints == [] or source.name.startswith(PROGRAMS), "use structlog"


@pytest.mark.parametrize("source", EVERYTHING, ids=lambda source: source.name)
def test_nothing_is_caught_and_forgotten(source: Source) -> None:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name what is caught"
            only_pass = all(isinstance(step, ast.Pass) for step in node.body)
            assert not only_pass, f"line {node.lineno}: use contextlib.suppress with a reason, or answer it"


@pytest.mark.parametrize("source", EVERYTHING, ids=lambda source: source.name)
def test_a_silenced_check_has_a_reason(source: Source) -> None:
    for number, line in enumerate(source.text.splitlines(), start=1):
        silenced = re.search(r"#\s*(type:\s*ignore|noqa)\b(?P<rest>.*)", line)
        if silenced and source.name != "tests/test_tidy.py":
            rest = silenced["rest"]
            assert re.match(r"(\[[a-z-]+(,\s*[a-z-]+)*\]|:\s*[A-Z]+[0-9]+)", rest), f"line {number}: say which"
            assert re.search(r"(  #|\s-)\s*\S+ \S+", rest), f"line {number}: say why"


@pytest.mark.parametrize("source", EVERYTHING, ids=lambda source: source.name)
def test_nothing_is_left_for_later(source: Source) -> None:
    assert not re.search(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", source.text)
