"""The description has the answers to what is too much."""

from app.api.application import build_application
from tests.api.test_browsers import no_services


def test_every_route_but_health_can_refuse_what_is_too_much() -> None:
    app = build_application(no_services, new_request_id=lambda: "x", deadline_seconds=1)
    document = app.openapi()
    refused = {
        path: {"414", "429", "431", "503"} <= set(operation["responses"])
        for path, operations in document["paths"].items()
        for operation in operations.values()
    }
    assert {path for path, all_of_them in refused.items() if not all_of_them} == {"/health/live", "/health/ready"}
    limited = document["components"]["responses"]["RateLimited"]
    assert set(limited["headers"]) == {"Retry-After", "RateLimit-Policy", "RateLimit"}
    assert document["paths"]["/transactions"]["post"]["responses"]["429"] == {
        "$ref": "#/components/responses/RateLimited"
    }
