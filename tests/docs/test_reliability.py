"""docs/reliability.md is the catalogue of faults with the committed figures, and what it names is there."""

import re
from pathlib import Path

from tests.docs.reliability import reliability_markdown
from tests.faults.catalogue import ON_PROCESSES, ROWS
from tests.faults.figures import committed
from tests.faults.processes.rig import RECOVERY_SECONDS

_PROCESSES = Path("tests/faults/processes")


def test_docs_reliability_is_what_the_catalogue_makes() -> None:
    assert Path("docs/reliability.md").read_text("utf-8") == reliability_markdown(), (
        "run `python -m tests.docs.reliability > docs/reliability.md`"
    )


def test_every_test_that_it_names_is_there() -> None:
    for row in ROWS:
        assert row.tests
        for named in row.tests:
            file, _, name = named.partition("::")
            assert re.search(rf"def {name}\(", Path(file).read_text("utf-8")), named


def test_every_fault_on_processes_is_in_it() -> None:
    named = {test.partition("::")[2] for row in ON_PROCESSES for test in row.tests}
    written = {
        name
        for file in _PROCESSES.glob("test_*.py")
        for name in re.findall(r"async def (test_\w+)", file.read_text("utf-8"))
    }
    assert named == written


def test_every_figure_is_of_a_run_in_which_all_was_acknowledged_in_time() -> None:
    figures = committed()
    assert set(figures) <= {row.name for row in ON_PROCESSES if row.name}
    for name, measured in figures.items():
        assert measured["requests"] > 0, name
        assert measured["acknowledged"] > 0, name
        assert measured["recovered_seconds"] <= RECOVERY_SECONDS, name
