"""Finding what stands at a path by walking along its segments, instead of trying all templates in turn."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_PARAMETER = re.compile(r"\{\w+\}")


@dataclass(slots=True)
class _Place(Generic[T]):
    """Where a path has led to: the segments that can follow, fixed ones or any, and what stands here, by method."""

    fixed: "dict[str, _Place[T]]" = field(default_factory=dict)
    any: "_Place[T] | None" = None
    here: dict[str, T] = field(default_factory=dict)


class RouteTree(Generic[T]):
    """Templates like `/users/{id}/kickbacks`, and a target for each. A parameter is one whole segment, never empty.

    No path leads to two templates, so their order means nothing.
    """

    def __init__(self) -> None:
        self._root: _Place[T] = _Place()

    def add(self, template: str, methods: Iterable[str], target: T) -> None:
        """Raises ValueError for a template that a path could share with another, or with other parameters."""
        place = self._root
        for segment in template.split("/")[1:]:
            place = _below(place, segment, template)
        for method in methods:
            if method in place.here:
                raise ValueError(f"{method} {template} is there already")
            place.here[method] = target

    def find(self, method: str, path: str) -> tuple[T, list[str]] | None:
        """The target, and what the path has in the place of the parameters, in order."""
        place, values = self._place(path)
        target = place.here.get(method) if place is not None else None
        return None if target is None else (target, values)

    def methods(self, path: str) -> list[str]:
        """Those that lead to something there, in order."""
        place, _ = self._place(path)
        return sorted(place.here) if place is not None else []

    def _place(self, path: str) -> tuple[_Place[T] | None, list[str]]:
        place = self._root
        values: list[str] = []
        before, *segments = path.split("/")
        if before:
            return None, values
        for segment in segments:
            below = place.fixed.get(segment)
            if below is None:
                below = place.any
                if below is None or not segment:
                    return None, values
                values.append(segment)
            place = below
        return place, values


def _below(place: _Place[T], segment: str, template: str) -> _Place[T]:
    """The place one segment further, made if it is new."""
    if _PARAMETER.fullmatch(segment):
        below = place.any = place.any or _Place()
    elif "{" in segment:
        raise ValueError(f"a parameter has to be a whole segment: {template}")
    else:
        below = place.fixed.setdefault(segment, _Place())
    if place.fixed and place.any:
        raise ValueError(f"a segment cannot be both fixed and a parameter: {template}")
    return below
