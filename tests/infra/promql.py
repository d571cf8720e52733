"""What expressions of Prometheus name: read with the grammar of Prometheus, not with patterns."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser
import yaml

FOLDER = Path(__file__).parents[2] / "infra" / "observability"
_INTERVAL = "$__rate_interval"


@dataclass(frozen=True, slots=True)
class Named:
    """A series as an expression names it: values that it wants of labels, and labels that it groups by."""

    metric: str
    wanted: tuple[tuple[str, str], ...]
    grouped: frozenset[str]


def rules() -> list[dict[str, Any]]:
    """Of all groups."""
    document = yaml.safe_load((FOLDER / "alarms.yaml").read_text("utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    """As it is imported."""
    made: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
    return made


def panels() -> list[dict[str, Any]]:
    """Those that show something."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """Of the rules and of the dashboard."""
    asked = [target["expr"].replace(_INTERVAL, "5m") for panel in panels() for target in panel["targets"]]
    return [rule["expr"] for rule in rules()] + asked


def series_in(expression: str) -> Iterator[Named]:
    """Raises ValueError for what is no expression."""
    found: list[promql_parser.VectorSelector] = []
    grouped: set[str] = set()

    def visit(node: promql_parser.Expr) -> None:
        match node:
            case promql_parser.VectorSelector():
                found.append(node)
            case promql_parser.MatrixSelector():
                found.append(node.vector_selector)
            case promql_parser.AggregateExpr() if node.modifier is not None:
                grouped.update(node.modifier.labels)

    promql_parser.walk(promql_parser.parse(expression), visit)
    for selector in {repr(one): one for one in found}.values():
        wanted = tuple((one.name, one.value) for one in selector.matchers.matchers)
        yield Named(str(selector.name), wanted, frozenset(grouped))


def alternatives(pattern: str) -> list[str]:
    """The values that a pattern like `429|503` names; none where it says more than that."""
    return pattern.split("|") if re.fullmatch(r"[\w/:|-]+", pattern) else []


def labels_in(text: str) -> set[str]:
    """Of a legend or a summary: `{{table}}`, `{{ $labels.table }}`."""
    return set(re.findall(r"{{\s*(?:\$labels\.)?(\w+)\s*}}", text)) - {"value"}
