"""Which of an issuer's keys count."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm

from app.identity.headers import Header
from app.identity.key_sets import key_set, key_set_of
from tests.identity.issuer import Key, a_key, rsa_key

ELLIPTIC, RSA = a_key("elliptic"), a_key("rsa", "RS256")


@pytest.mark.parametrize(
    "changes",
    [{}, {"alg": None}, {"use": None}, {"kid": None}, {"key_ops": ["verify"]}, {"x5c": ["MII"]}, {"more": 1}],
    ids=str,
)
@pytest.mark.parametrize("key", [ELLIPTIC, RSA], ids=lambda key: key.algorithm)
def test_a_good_key(key: Key, changes: dict[str, Any]) -> None:
    (found,) = key_set([key.jwk(**changes)]).keys
    assert found.algorithm_name == key.algorithm


PRIVATE = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
PRIVATE.pop("key_ops", None)

WRONG: dict[str, dict[str, Any]] = {
    "for encryption": ELLIPTIC.jwk(use="enc"),
    "for signing": ELLIPTIC.jwk(key_ops=["sign"]),
    "operations as text": ELLIPTIC.jwk(key_ops="verify"),
    "RS256 on a curve": ELLIPTIC.jwk(alg="RS256"),
    "ES384 on P-256": ELLIPTIC.jwk(alg="ES384"),
    "alg as number": ELLIPTIC.jwk(alg=7),
    "alg as list": ELLIPTIC.jwk(alg=["ES256"]),
    "kid as number": ELLIPTIC.jwk(kid=7),
    "kid as list": ELLIPTIC.jwk(kid=["a"]),
    "no curve": ELLIPTIC.jwk(crv=None),
    "another curve": ELLIPTIC.jwk(crv="P-384"),
    "short x": ELLIPTIC.jwk(x="AAAA"),
    "no point of the curve": ELLIPTIC.jwk(x="A" * 43),
    "no y": ELLIPTIC.jwk(y=None),
    "x that is no base64": ELLIPTIC.jwk(x="!" * 43),
    "a curve as RSA": ELLIPTIC.jwk(kty="RSA"),
    "no type": ELLIPTIC.jwk(kty=None),
    "type as list": ELLIPTIC.jwk(kty=["EC"]),
    "RS512": RSA.jwk(alg="RS512"),
    "PS256": RSA.jwk(alg="PS256"),
    "HS256 with RSA": RSA.jwk(alg="HS256"),
    "no modulus": RSA.jwk(n=None),
    "no exponent": RSA.jwk(e=None),
    "exponent 1": RSA.jwk(e="AQ"),
    "modulus as number": RSA.jwk(n=7),
    "P-384": a_key("384", "ES384").jwk(),
    "RSA 1024": Key("small", "RS256", rsa_key(1024)).jwk(),
    "RSA 16384": RSA.jwk(n="_" * 2731),  # costs too much to check
    "a secret": {"kty": "oct", "k": "c2VjcmV0", "kid": "mac", "alg": "HS256"},
    "Ed25519": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "alg": "EdDSA"},
    "a private key": PRIVATE,
    "nothing": {},
}


@pytest.mark.parametrize("what", WRONG)
def test_keys_that_are_passed_over(what: str) -> None:
    jwk = WRONG[what]
    assert key_set([jwk]).keys == ()
    assert key_set([jwk, ELLIPTIC.jwk()]).fingerprint == key_set([ELLIPTIC.jwk()]).fingerprint


def test_a_set_without_keys_is_one() -> None:
    """An issuer that takes all of its keys back is believed."""
    assert key_set_of(b'{"keys": [7, null, "key", {}]}').keys == ()


def test_the_order_does_not_matter() -> None:
    assert key_set([RSA.jwk(), ELLIPTIC.jwk()]).fingerprint == key_set([ELLIPTIC.jwk(), RSA.jwk()]).fingerprint


@pytest.mark.parametrize("changed", [ELLIPTIC.jwk(kid="other"), a_key("elliptic").jwk()])
def test_another_name_or_another_key_is_another_set(changed: dict[str, Any]) -> None:
    assert key_set([changed]).fingerprint != key_set([ELLIPTIC.jwk()]).fingerprint


def test_at_most_two_nameless_keys_are_tried() -> None:
    """Each costs the verification of a signature, for a token that anybody can make."""
    many = key_set([Key(None, "ES256", a_key().private).jwk() for _ in range(9)])
    assert len(many.fitting(Header("ES256", None))) == 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops"]), inner, max_size=5
            )
        ),
        max_leaves=20,
    )
)
def test_no_document_breaks_it(listed: object) -> None:
    whole = [
        {**ELLIPTIC.jwk(), **one} if isinstance(one, dict) else one
        for one in (listed if isinstance(listed, list) else [listed])
    ]
    assert len(key_set_of(json.dumps({"keys": whole}).encode()).keys) <= len(whole)
