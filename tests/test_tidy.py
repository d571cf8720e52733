"""House rules that no linter knows. Each is one test over all files, which tells everything that breaks it."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.sources import Source, imported, sources

LONGEST_FILE = 300
# They talk to a person, or by their output to the process that started them.
PROGRAMS = ("app/cli/", "app/embedded/__main__.py", "app/embedded/guardian.py")
APP = sources("app")
EVERYTHING = sources("app", "tests")
SDK = {"aioboto3", "aiobotocore", "boto3"}
SDK_ALLOWED = {"app/store/client.py", "app/store/http_session.py"}

Rule = Callable[[Source], Iterable[str]]


def broken(rule: Rule, among: Iterable[Source]) -> list[str]:
    """'tests/test_x.py line 3: why', for all of them."""
    return [f"{source.name} {complaint}" for source in among for complaint in rule(source)]


def long_files(source: Source) -> Iterator[str]:
    if len(source.text.splitlines()) > LONGEST_FILE:
        yield "is too long: split it by what it decides"


def files_that_say_nothing(source: Source) -> Iterator[str]:
    if not ast.get_docstring(source.tree):
        yield "does not say what it is"


def imports_of_the_sdk(source: Source) -> Iterator[str]:
    if imported(source.tree) & SDK and source.name not in SDK_ALLOWED:
        yield "imports the SDK: take a client from app.store.client"


def prints(source: Source) -> Iterator[str]:
    if source.name.startswith(PROGRAMS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"line {node.lineno}: use structlog"


def caught_and_forgotten(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield f"line {node.lineno}: name what is caught"
            if all(isinstance(step, ast.Pass) for step in node.body):
                yield f"line {node.lineno}: use contextlib.suppress with a reason, or answer it"


def silenced_without_a_reason(source: Source) -> Iterator[str]:
    if source.name == "tests/test_tidy.py":
        return
    for number, line in enumerate(source.text.splitlines(), start=1):
        silenced = re.search(r"#\s*(type:\s*ignore|noqa)\b(?P<rest>.*)", line)
        if silenced:
            rest = silenced["rest"]
            if not re.match(r"(\[[a-z-]+(,\s*[a-z-]+)*\]|:\s*[A-Z]+[0-9]+)", rest):
                yield f"line {number}: say which"
            if not re.search(r"(  #|\s-)\s*\S+ \S+", rest):
                yield f"line {number}: say why"


def left_for_later(source: Source) -> Iterator[str]:
    for found in re.finditer(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", source.text):
        yield f"has a {found[0]}"


RULES: list[tuple[Rule, list[Source], str]] = [
    (long_files, EVERYTHING, "x = 1\n" * (LONGEST_FILE + 1)),
    (files_that_say_nothing, APP, "x = 1"),
    (imports_of_the_sdk, APP, "def f():\n    from boto3 import client"),
    (prints, APP, "print(1)"),
    (caught_and_forgotten, EVERYTHING, "try:\n    f()\nexcept:\n    g()"),
    (caught_and_forgotten, EVERYTHING, "try:\n    f()\nexcept KeyError:\n    pass"),
    (silenced_without_a_reason, EVERYTHING, "x = 1  # noqa - it is so"),
    (silenced_without_a_reason, EVERYTHING, "x = 1  # type: ignore[misc]"),
    (left_for_later, EVERYTHING, "x = 1  # TO" + "DO"),
]


def name_of(value: object) -> str | None:
    return getattr(value, "__name__", "" if isinstance(value, list) else None)


@pytest.mark.parametrize(("rule", "among"), {rule: among for rule, among, _ in RULES}.items(), ids=name_of)
def test_nothing_breaks_the_rule(rule: Rule, among: list[Source]) -> None:
    found = broken(rule, among)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "among", "text"), RULES, ids=name_of)
def test_what_breaks_it_is_found_and_nothing_else(rule: Rule, among: list[Source], text: str) -> None:
    wrong, fine = Source("app/somewhere.py", text), Source("app/elsewhere.py", '"""Something."""\nx = 1\n')
    assert [one.split()[0] for one in broken(rule, [wrong, fine])] == [wrong.name]
    assert len(among) > 100
