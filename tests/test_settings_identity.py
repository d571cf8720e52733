"""Settings of who is asking: where keys may be read, and what has to be there beside them."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import ServiceSettings, Settings
from app.settings.urls import is_loopback, is_secure


@pytest.mark.parametrize(
    ("url", "remote", "here"),
    [
        ("https://issuer.example", True, True),
        ("https://issuer.example:8443/realms/one/", True, True),
        ("https://[2001:db8::1]/", True, True),
        ("HTTPS://issuer.example", True, True),
        ("http://127.0.0.1:9000", False, True),
        ("http://127.8.0.1", False, True),
        ("http://localhost/realms/one", False, True),
        ("http://[::1]:9000", False, True),
        ("http://issuer.example", False, False),
        ("http://localhost.example", False, False),
        ("http://127.0.0.1.example", False, False),
        ("http://0.0.0.0", False, False),
        ("http://10.0.0.1", False, False),
        ("https://user@issuer.example", False, False),
        ("https://user:word@issuer.example", False, False),
        ("https://issuer.example:port", False, False),
        ("https://issuer.example:99999", False, False),
        ("https://[issuer", False, False),
        ("https://", False, False),
        ("https:issuer.example", False, False),
        ("//issuer.example", False, False),
        ("issuer.example", False, False),
        ("file:///etc/passwd", False, False),
        ("ftp://127.0.0.1", False, False),
        ("urn:kickbacks:local", False, False),
        ("", False, False),
    ],
)
def test_what_can_be_trusted_on_the_way(url: str, remote: bool, here: bool) -> None:
    assert is_secure(url, or_loopback=False) is remote
    assert is_secure(url, or_loopback=True) is here


def test_loopback_is_this_machine_by_any_name() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.255.0.1", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.1", "localhost.example", "", "example")))


def test_an_issuer_is_asked_over_https_only() -> None:
    with pytest.raises(ValidationError, match="AUTH_ISSUER must be an https address"):
        Settings(auth_issuer="http://issuer.example", auth_audience="kickbacks")
    with pytest.raises(ValidationError, match="AUTH_JWKS_URL must be an https address") as caught:
        Settings(auth_issuer="https://issuer.example", auth_audience="a", auth_jwks_url="http://keys.example/secret")
    assert "secret" not in str(caught.value)
    # Nothing is read at a name whose keys are somewhere else.
    Settings(auth_issuer="urn:example:issuer", auth_audience="kickbacks", auth_jwks_url="https://keys.example/jwks")


def test_users_of_the_vault_need_a_vault() -> None:
    production: dict[str, Any] = {
        "auth_issuer": "https://issuer.example",
        "auth_audience": "kickbacks",
        "auth_user_ids": "vault",
        "pseudonym_key": "secret",
        "cursor_keys": "secret",
    }
    with pytest.raises(ValidationError, match="VAULT_KEY_FILE or VAULT_KMS_KEY"):
        ServiceSettings(**production)
    ServiceSettings(**production, vault_kms_key="alias/kickbacks")
    ServiceSettings(**{**production, "environment": "local"})
