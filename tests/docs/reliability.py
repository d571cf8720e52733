"""docs/reliability.md as the catalogue of faults and what was measured make it. `python -m tests.docs.reliability`
prints it."""

from typing import Any

from tests.faults.catalogue import ELSEWHERE, ON_PROCESSES, Row
from tests.faults.figures import committed

_HEAD = """# Reliability

What is done to the service in tests, and what clients see of it. Under every fault three things hold: what was
acknowledged is there, once; what was not can be sent again safely, and that settles it; and every error is a documented
one, in time, with `Retry-After`.

## On real processes

`make fault-test` starts the service and a DynamoDB Local of its own (a container where a Docker engine answers), with a
proxy between them that injects what DynamoDB Local never shows by itself. Twelve clients record, send again, send
changed, read histories and rankings and use points, 48 requests a second at most, before, during and after the fault.
Each test ends with: no answer but the documented ones, each within the request's own time (`REQUEST_SECONDS=3` here);
all well again within 5 s; every acknowledged purchase and redemption there exactly once, no other twice; what was put
off recorded when it is sent again; balances equal to the sums of their entries; `kickbacks verify` without a
difference; and the fault did occur.

The figures are of one run (`KICKBACKS_FAULT_FIGURES=write make fault-test`) on two cores that service, database, proxy
and clients share; "put off" is 503. There is no cache, queue or lock service that could fail: DynamoDB and the vault's
keys are all that the service needs.
"""
_ELSEWHERE = """
## Inside, and for longer

Faults at single calls, in the ordinary tests, and others that have tests of their own.
"""
_COLUMNS = "\n| fault | what a client sees | figure | test |\n|---|---|---|---|\n"


def reliability_markdown() -> str:
    """Two tables, one row for each fault."""
    figures = committed()
    tables = [_COLUMNS + "".join(_row(one, figures) for one in rows) for rows in (ON_PROCESSES, ELSEWHERE)]
    return _HEAD + tables[0] + _ELSEWHERE + tables[1]


def _row(one: Row, figures: dict[str, dict[str, Any]]) -> str:
    measured = one.measured
    if one.name:
        measured = measured.format_map(figures[one.name]) if one.name in figures else "not measured yet"
    tests = " ".join(f"`{test.partition('::')[2]}`" for test in one.tests)
    return f"| {one.fault} | {one.seen} | {measured} | {tests} |\n"


if __name__ == "__main__":
    print(reliability_markdown(), end="")
