"""What the description says of who may call what is what the table decides by."""

from typing import Any

import pytest
import yaml

from app.api.application import build_application
from app.api.protection import Protection
from app.domain.access import Scope
from tests.api.access_expected import EXPECTED, WATCHED

UNDESCRIBED = {"/docs", "/docs/oauth2-redirect", "/static-offline-docs/{file}", "/openapi.json"}
ISSUER = "https://issuer.example/realm/"


def document(**changes: Any) -> dict[str, Any]:
    """With this protection."""
    app = build_application(_never, new_request_id=str, deadline_seconds=1, protection=Protection(**changes))
    return app.openapi()


def _never() -> Any:
    raise AssertionError("nobody starts this one")


def operations(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_says_what_it_needs() -> None:
    described = operations(document())
    assert described.keys() == {name for name in EXPECTED if name.split()[1] not in UNDESCRIBED}
    for name, operation in described.items():
        who = EXPECTED[name]
        if "public" in who:
            assert "security" not in operation, name
            assert not operation["responses"].keys() & {"401", "403"}, name
            continue
        needs = [tuple(one["bearer"]) for one in operation["security"]]
        scopes = {(Scope[word.upper()].value,) for word in who - {"own", "inside", "known"}}
        assert set(needs) == scopes | ({()} if who & {"own", "inside", "known"} else set()), name
        assert len(needs) == len(set(needs))
        assert operation["responses"]["401"] == {"$ref": "#/components/responses/Unauthenticated"}, name
        assert operation["responses"]["403"] == {"$ref": "#/components/responses/Forbidden"}, name
        assert all(scope in operation["description"] for (scope,) in scopes), name
        reason = {"$ref": "#/components/parameters/Reason"} in operation.get("parameters", [])
        traced = name in WATCHED or "identify" in who or not name.startswith("GET ")
        assert reason == traced, name


def test_what_is_referred_to_is_there() -> None:
    components = document()["components"]
    assert components["responses"].keys() >= {"Unauthenticated", "Forbidden"}
    assert components["parameters"]["Reason"]["name"] == "X-Reason"
    assert components["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_the_issuer_is_named_where_there_is_one() -> None:
    described = document(is_open=False, openid_issuer=ISSUER)
    scheme = described["components"]["securitySchemes"]["openIdConnect"]
    assert scheme["openIdConnectUrl"] == "https://issuer.example/realm/.well-known/openid-configuration"
    assert {"openIdConnect": []} in operations(described)["GET /me"]["security"]


@pytest.mark.parametrize("is_open", [True, False])
def test_nothing_else_depends_on_the_settings(is_open: bool) -> None:
    """And it is plain YAML, as it is committed: nothing in it is the same object twice."""
    described = document(is_open=is_open)
    assert described == document()
    assert "&id" not in yaml.safe_dump(described)
