"""The table of budgets: what every route may cost, in calls to DynamoDB and the capacity units that those consume."""

from tests.http.budget import Budget
from tests.http.budget_requests import get
from tests.http.budgets_points import POINTS
from tests.http.budgets_reading import RANKING, READING
from tests.http.budgets_recording import RECORDING
from tests.http.budgets_vault import VAULT

OPERATING = (
    Budget("GET /health/live", "always", get("/health/live")),
    Budget(
        "GET /health/ready", "once a second, however many ask", get("/health/ready"), {"GetItem facts": 1}, read_units=1
    ),
    Budget("GET /metrics", "always", get("/metrics")),
    Budget(
        "GET /audit",
        "an hour without rows that is not sealed, in 16 shards",
        get("/audit", **{"from": "2020-01-01T00:00:00Z", "to": "2020-01-01T00:30:00Z"}),
        {"PutItem facts": 1, "Query facts": 17},
        write_units=1,
    ),
    Budget("GET /me", "always", get("/me")),
)

BUDGETS = (*RECORDING, *READING, *RANKING, *POINTS, *VAULT, *OPERATING)
