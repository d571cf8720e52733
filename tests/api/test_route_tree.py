"""Walking along a path's segments finds what Starlette's expressions find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import compile_path

from app.api.route_tree import RouteTree

TEMPLATES = ("/", "/a", "/a:b", "/a/{x}", "/a/{x}/b", "/a/{x}/b/{y}", "/a/{x}/c/{y}/{z}/d", "/b/a", "/b/c", "/c/{x}")


def tree() -> RouteTree[str]:
    made: RouteTree[str] = RouteTree()
    for template in TEMPLATES:
        made.add(template, ["GET"], template)
    made.add("/a", ["POST", "PUT"], "other")
    return made


def test_what_methods_a_path_has() -> None:
    assert tree().methods("/a") == ["GET", "POST", "PUT"]
    assert tree().methods("/a/1/b/2") == ["GET"]
    assert tree().methods("/a/1/b/") == tree().methods("/c") == tree().methods("a") == []


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/", ("/", [])),
        ("GET", "/a", ("/a", [])),
        ("POST", "/a", ("other", [])),
        ("PUT", "/a", ("other", [])),
        ("GET", "/a:b", ("/a:b", [])),
        ("GET", "/a/1", ("/a/{x}", ["1"])),
        ("GET", "/a/b", ("/a/{x}", ["b"])),
        ("GET", "/a/ 1\n", ("/a/{x}", [" 1\n"])),
        ("GET", "/a/1/b/2", ("/a/{x}/b/{y}", ["1", "2"])),
        ("GET", "/a/1/c/2/3/d", ("/a/{x}/c/{y}/{z}/d", ["1", "2", "3"])),
        ("GET", "/b/c", ("/b/c", [])),
        ("DELETE", "/a", None),
        ("POST", "/a/1", None),
        ("get", "/a", None),
        ("GET", "", None),
        ("GET", "a", None),
        ("GET", "a/a", None),
        ("GET", "*", None),
        ("GET", "//a", None),
        ("GET", "/a/", None),
        ("GET", "/a//b", None),
        ("GET", "/a/1/", None),
        ("GET", "/a/1/b/", None),
        ("GET", "/a/1/c/2/3", None),
        ("GET", "/a/1/c/2/3/d/4", None),
        ("GET", "/b", None),
        ("GET", "/b/x", None),
        ("GET", "/A", None),
    ],
)
def test_what_a_path_leads_to(method: str, path: str, found: tuple[str, list[str]] | None) -> None:
    assert tree().find(method, path) == found


@given(path=st.lists(st.sampled_from(["a", "b", "c", "d", "a:b", "x", "", "%", "あ"]), max_size=7).map("/".join))
def test_the_same_as_the_expressions_of_the_templates(path: str) -> None:
    expressions = {template: compile_path(template)[0] for template in TEMPLATES}
    fits = {template: found for template, expression in expressions.items() if (found := expression.fullmatch(path))}
    assert len(fits) <= 1
    expected = next(((template, list(found.groups())) for template, found in fits.items()), None)
    assert tree().find("GET", path) == expected


@pytest.mark.parametrize(
    "template", ["/a", "/a/b", "/{x}", "/b/{x}", "/a/{x}/{y}", "/d/{x:path}", "/d/{x}.json", "/d/pre-{x}"]
)
def test_a_template_that_could_be_taken_for_another_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"there already|both fixed and|whole segment"):
        tree().add(template, ["GET"], "x")
