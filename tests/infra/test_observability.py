"""The dashboard and the rules make sense, and the runbook knows every rule. (That the service shows what they ask for:
tests/http/test_observability.py.)"""

import re
import shutil
import subprocess
from pathlib import Path

import promql_parser
import pytest

from app.store import outcomes
from tests.infra.promql import (
    FOLDER,
    Named,
    alternatives,
    dashboard,
    expressions,
    labels_in,
    panels,
    rules,
    series_in,
)

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text("utf-8")
# What Prometheus itself adds to every series.
ADDED = {"job", "instance"}
OUTCOMES = {value for name, value in vars(outcomes).items() if name.isupper() and isinstance(value, str)}
WORDS = {
    "table": {"facts", "views", "vault", "stream"},
    "status": {"429", "500", "503"},
    "operation": {"transact_write_items"},
    "route": {"/transactions:batch", "none"},
}
# Of other metrics, and words that a test has to bring about before they are shown.
OUTCOMES_OF = {
    "kickbacks_projected_records_total": {"parked"},
    "kickbacks_issuer_fetches_total": {"failed"},
    "kickbacks_telemetry_exports_total": {"failed"},
}
REASONS_OF = {"kickbacks_projector_failures_total": {"unexpected"}, "kickbacks_dynamodb_retries_total": OUTCOMES}


def test_values_that_are_asked_for_are_those_that_there_are() -> None:
    for expression in expressions():
        for one in series_in(expression):
            for label, pattern in one.wanted:
                if label not in ADDED:
                    assert set(alternatives(pattern)) <= words(one, label), one


def words(one: Named, label: str) -> set[str]:
    if label == "outcome":
        return OUTCOMES_OF.get(one.metric, OUTCOMES)
    if label == "reason":
        return REASONS_OF[one.metric]
    return WORDS[label]


def test_every_rule_says_what_to_do_and_the_runbook_says_how() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules()) > 10
    for rule in rules():
        annotations = rule["annotations"]
        section = annotations["runbook"].removeprefix("docs/runbook.md#")
        assert f"\n## {section}\n" in RUNBOOK, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert annotations["summary"].endswith(".")
        grouped = {name for one in series_in(rule["expr"]) for name in one.grouped} | ADDED
        assert labels_in(annotations["summary"]) <= grouped, rule["alert"]


def test_every_section_of_the_runbook_is_of_some_alarm() -> None:
    terraform = Path("infra/terraform/alarms.tf").read_text("utf-8")
    ours = {rule["annotations"]["runbook"].partition("#")[2] for rule in rules()}
    made = {f"{table}-{way}s-throttled" for table in ("facts", "views", "vault") for way in ("read", "write")}
    theirs = set(re.findall(r"^ +([\w-]+) += \{ namespace", terraform, re.MULTILINE)) | made
    sections = set(re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)) - {"By hand", "projector-failed", "jobs-failed"}
    assert len(theirs) > 12
    assert sections == ours | theirs


def test_the_dashboard_is_one() -> None:
    made = dashboard()
    assert len(panels()) > 20
    numbers = [panel["id"] for panel in made["panels"]]
    assert len(set(numbers)) == len(numbers)
    cells = [
        (x, y)
        for panel in made["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells), "panels lie on each other"
    assert max(x for x, _ in cells) < 24
    variables = {one["name"] for one in made["templating"]["list"]}
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}"
        assert all(f"## {section}\n" in RUNBOOK for section in re.findall(r"Runbook: ([\w-]+)", panel["description"]))
        for target in panel["targets"]:
            used = set(re.findall(r"\$(\w+)", target["expr"])) - {"__rate_interval"}
            assert used <= variables
            (named, *_) = series_in(target["expr"].replace("$__rate_interval", "5m"))
            assert {name for name, _ in named.wanted} >= ADDED, "panels are of the chosen instances"
            assert labels_in(target["legendFormat"]) <= named.grouped | ADDED


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool, which comes with Prometheus")
def test_rules_fire_when_they_are_to() -> None:
    ran = subprocess.run(
        ["promtool", "test", "rules", "alarms_test.yaml"], cwd=FOLDER, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("expression", ["sum(rate(x[5m])", "rate(x)", "x{a=}"])
def test_what_is_no_expression_is_found(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        list(series_in(expression))


def test_names_are_found_wherever_they_stand() -> None:
    expression = "histogram_quantile(0.9, sum by (le, r) (rate(a_bucket{b=~'c|d'}[5m]))) / on(r) x > 1 or absent(y)"
    assert {one.metric: one.wanted for one in series_in(expression)} == {"a_bucket": (("b", "c|d"),), "x": (), "y": ()}
    assert {name for one in series_in(expression) for name in one.grouped} == {"le", "r"}
    assert promql_parser.parse(expression) is not None
