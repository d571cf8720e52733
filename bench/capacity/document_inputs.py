"""The part of the document that lists what was put in."""

import ast
import inspect
from dataclasses import fields
from typing import Any

from bench.capacity.inputs import Inputs
from bench.capacity.markdown import table


def input_parts(inputs: Inputs) -> list[str]:
    """A table for each group of inputs, by their names in the code."""
    groups = ("headline", "rules", "crowd", "mix", "assumed")
    rows = [
        (f"`{group}.{one.name}`", _text(getattr(of, one.name)), notes.get(one.name, ""))
        for group in groups
        for of, notes in [(getattr(inputs, group), _notes(type(getattr(inputs, group))))]
        for one in fields(of)
    ]
    return [
        "## Inputs\n",
        "`headline` is the seed's; `rules` are AWS's published ones; `crowd`, `mix` and `assumed` are",
        "chosen, not measured.\n",
        table(("input", "value", "meaning"), rows),
    ]


def _text(value: Any) -> str:
    match value:
        case int():
            return f"{value:,}"
        case tuple():
            return ", ".join(map(str, value))
        case float():
            return f"{value:g}"
    return f"{value.members:,} members, exponent {value.exponent:g}"


def _notes(of: type) -> dict[str, str]:
    """The strings behind the fields, which are there for readers of the code."""
    (body,) = (node for node in ast.parse(inspect.getsource(of)).body if isinstance(node, ast.ClassDef))
    notes = {}
    for one, following in zip(body.body, body.body[1:], strict=False):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and isinstance(following, ast.Expr):
            notes[one.target.id] = " ".join(str(ast.literal_eval(following.value)).split())
    return notes
