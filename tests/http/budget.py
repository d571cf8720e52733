"""What one request may cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.http.budget_requests import Request


@dataclass(frozen=True, slots=True)
class Budget:
    """One row: what the request costs, and not what it may cost at most. A test fails when it costs more, and when it
    costs less. Write units of transactions are those of the published rule, all others as DynamoDB Local reports them.

    `given`: sent before, by the same process, and not counted; the request's path may name fields of their answers in
    braces. `page_two`: the request is sent once for its
    `nextCursor`, and again with that."""

    route: str
    what: str
    request: Request
    calls: Mapping[str, int] = field(default_factory=dict)
    read_units: float = 0.0
    write_units: float = 0.0
    status: int = 200
    given: tuple[Request, ...] = ()
    page_two: bool = False

    def __str__(self) -> str:
        return f"{self.route}: {self.what}"


def queries(where: str, count: int = 1) -> dict[str, int]:
    """So many, and nothing else."""
    return {f"Query {where}": count}


ONE_QUERY = queries("facts")
COMMAND = {"Query facts": 1, "TransactWriteItems facts": 1}
