"""What is good, to the edge of the leeway."""

from typing import Any

import pytest

from app.domain.access import Principal, Scope
from app.identity.reasons import Reason
from app.ports.identity import TokenRefused
from tests.identity.issuer import Key, a_key
from tests.identity.rig import LEEWAY, NOW, make_rig, set_of

ELLIPTIC, RSA = a_key("elliptic"), a_key("rsa", "RS256")


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": ["others", "kickbacks"]},
        {"exp": NOW - LEEWAY + 1},
        {"exp": NOW + 0.5},
        {"exp": 10**300},
        {"nbf": NOW + LEEWAY},
        {"iat": NOW + LEEWAY},
        {"iat": 0, "nbf": 0},
        {"iat": -1},
        {"nbf": NOW - 1.5},
        {"jti": "one", "azp": "app", "more": {"deep": [1, None]}},
    ],
    ids=str,
)
@pytest.mark.parametrize("key", [ELLIPTIC, RSA], ids=lambda key: key.algorithm)
async def test_a_good_token(claims: dict[str, Any], key: Key) -> None:
    rig = make_rig(RSA, ELLIPTIC)
    found = await rig.identity.principal_of(rig.issuer.token(claims=claims, key=key))
    assert found == Principal("hanako", user_id="hanako")


@pytest.mark.parametrize(
    "headers", [{}, {"typ": "at+jwt"}, {"typ": "AT+JWT"}, {"typ": "application/at+jwt"}, {"typ": "jwt"}]
)
async def test_types_of_access_tokens(headers: dict[str, str]) -> None:
    rig = make_rig(ELLIPTIC)
    assert (await rig.identity.principal_of(rig.issuer.token(headers=headers))).user_id == "hanako"


async def test_headers_that_only_describe_a_certificate_mean_nothing() -> None:
    rig = make_rig(ELLIPTIC)
    token = rig.issuer.token(headers={"x5t": "abc", "x5t#S256": "abc", "cty": "JWT"})
    assert (await rig.identity.principal_of(token)).user_id == "hanako"


async def test_nbf_may_be_missing() -> None:
    rig = make_rig(ELLIPTIC)
    assert (await rig.identity.principal_of(rig.issuer.token(without=["nbf"]))).user_id == "hanako"


@pytest.mark.parametrize(
    ("claim", "scopes"),
    [
        ("kickbacks:record", {Scope.RECORD}),
        ("openid kickbacks:record  kickbacks:audit profile", {Scope.RECORD, Scope.AUDIT}),
        (["kickbacks:analyze", "email", 7, None], {Scope.ANALYZE}),
        ("kickbacks:everything KICKBACKS:ADMIN kickbacks:admi", set()),
        ("kickbacks:admin\tkickbacks:audit", set()),
        ("", set()),
        (7, set()),
        ({"kickbacks:admin": True}, set()),
        (None, set()),
    ],
)
@pytest.mark.parametrize("name", ["scope", "permissions"])
async def test_scopes(claim: object, scopes: set[Scope], name: str) -> None:
    rig = make_rig(ELLIPTIC)
    rig.scope_claim = name
    other = {"scope" if name == "permissions" else "permissions": "kickbacks:detokenize"}
    found = await rig.identity.principal_of(rig.issuer.token(claims={name: claim, **other}))
    assert found.scopes == scopes


async def test_a_key_without_a_name_verifies_tokens_without_one() -> None:
    old, new = (Key(None, "ES256", a_key().private) for _ in range(2))
    rig = make_rig(old, new, RSA)
    for key in (old, new):
        assert (await rig.identity.principal_of(rig.issuer.token(key=key))).user_id == "hanako"


async def test_the_only_key_verifies_tokens_without_a_name() -> None:
    rig = make_rig(ELLIPTIC)
    assert (await rig.identity.principal_of(rig.issuer.token(key=Key(None, "ES256", ELLIPTIC.private)))).user_id


async def test_keys_without_names_are_changed() -> None:
    old, new = (Key(None, "ES256", a_key().private) for _ in range(2))
    rig = make_rig(old)
    rig.keys.later = set_of(new)
    assert (await rig.identity.principal_of(rig.issuer.token(key=new))).user_id == "hanako"
    assert rig.keys.asked_again == 1


async def test_a_new_key_is_asked_for() -> None:
    rig = make_rig(ELLIPTIC)
    new = a_key("new")
    rig.keys.later = set_of(ELLIPTIC, new)
    assert (await rig.identity.principal_of(rig.issuer.token(key=new))).user_id == "hanako"


async def test_two_keys_of_one_name() -> None:
    """Told apart by their type, as RFC 7517 allows."""
    curved = Key(RSA.kid, "ES256", ELLIPTIC.private)
    rig = make_rig(RSA, curved)
    for key in (RSA, curved):
        assert (await rig.identity.principal_of(rig.issuer.token(key=key))).user_id == "hanako"


async def test_a_token_that_nobody_can_have_signed() -> None:
    rig = make_rig()
    with pytest.raises(TokenRefused) as caught:
        await rig.identity.principal_of(rig.issuer.token(key=ELLIPTIC))
    assert caught.value.reason == Reason.KEY
