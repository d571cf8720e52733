"""docs/budgets.md as the table of budgets makes it. `python -m tests.budgets_document` prints it."""

from tests.http.budget import Budget
from tests.http.budgets import BUDGETS

_HEAD = """# Budgets

What one request costs: its calls to DynamoDB, by table and index, and the capacity units that they consume.
`tests/http/test_budgets.py` measures every row on a DynamoDB Local, with default settings, and fails when one costs
more or less, when a route has no row, or when any of them scans.

Write units of transactions follow the published rule; all others are as DynamoDB Local reports them. It reports nothing
for a read that finds nothing, for which Amazon DynamoDB charges half a unit, or one where the read is consistent; and a
transaction that is refused (the same purchase again) counts for nothing here, while DynamoDB charges for it. Answers
from the views (rankings, efficiency, reports, trial balance) also need to know how far those are: a GetItem and a Query
of the views table, at most twice a second in each process, which are not counted here.

| route | request | calls | read units | write units |
|---|---|---|---:|---:|
"""


def budgets_markdown() -> str:
    """One row for each budget."""
    return _HEAD + "".join(map(_row, BUDGETS))


def _row(one: Budget) -> str:
    calls = ", ".join(f"{count} {call}" for call, count in one.calls.items()) or "none"
    return f"| `{one.route}` | {one.what} | {calls} | {one.read_units:g} | {one.write_units:g} |\n"


if __name__ == "__main__":
    print(budgets_markdown(), end="")
