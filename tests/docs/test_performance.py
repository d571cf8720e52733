"""What docs/performance.md says of where CPU time goes is what was measured."""

import json

import pytest

from bench.compare.works import Work
from bench.profile.packages import Part
from tests.docs.performance import DOCUMENT, PROFILE, rendered


def test_the_document_says_what_was_measured() -> None:
    text = DOCUMENT.read_text("utf-8")

    assert "<!-- profile -->" in text
    assert rendered(text) == text, "run `python -m tests.docs.performance`"


@pytest.mark.parametrize("version", ["before", "after"])
def test_every_work_is_there_and_its_parts_make_it_up(version: str) -> None:
    works = json.loads(PROFILE.read_text("utf-8"))[version]["works"]

    assert list(works) == [work.value for work in Work]
    for work in works.values():
        assert list(work["partsUs"]) == [part.value for part in Part]
        # Medians of parts do not add up to the median of all exactly.
        assert sum(work["partsUs"].values()) == pytest.approx(work["cpuUs"], rel=0.15)
        assert all(part >= 0 for part in work["partsUs"].values())


def test_nothing_costs_more_than_before() -> None:
    profile = json.loads(PROFILE.read_text("utf-8"))

    for work in Work:
        assert profile["after"]["works"][work]["cpuUs"] < profile["before"]["works"][work]["cpuUs"]


def test_all_markers_are_where_their_generators_look_for_them() -> None:
    """A part ends at the next one: none may be inside another."""
    text = DOCUMENT.read_text("utf-8")
    markers = [line for line in text.splitlines() if line.startswith("<!-- ")]

    assert markers == ["<!-- profile -->", "<!-- growth -->", "<!-- overload -->"]
    assert text.count("\n## ") >= len(markers)
