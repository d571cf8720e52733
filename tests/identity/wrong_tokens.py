"""Tokens that are not good, each with why."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.identity.reasons import Reason
from tests.identity.issuer import Issuer, Key, a_key, rsa_key, sign

Wrong = Mapping[str, tuple[str, Reason]]


def wrong_tokens(issuer: Issuer, elliptic: Key, rsa: Key) -> Wrong:
    """`elliptic` and `rsa` are the issuer's own keys. Everything but what the name says is right."""
    return {
        **_algorithms(issuer, elliptic, rsa),
        **_keys(issuer, elliptic, rsa),
        **_headers(issuer, elliptic),
        **_times(issuer, elliptic),
        **_claims(issuer, elliptic),
        **_shapes(issuer, elliptic),
    }


def encoded(data: bytes | str | Mapping[str, Any]) -> str:
    """A segment of a token."""
    text = data if isinstance(data, bytes | str) else json.dumps(data)
    return urlsafe_b64encode(text.encode() if isinstance(text, str) else text).decode().rstrip("=")


def signed(header: str, payload: str, key: Key) -> str:
    """A good signature over segments of any content."""
    algorithm = jwt.get_algorithm_by_name(key.algorithm)
    signature = algorithm.sign(f"{header}.{payload}".encode(), key.private)
    return f"{header}.{payload}.{encoded(signature)}"


def _algorithms(issuer: Issuer, elliptic: Key, rsa: Key) -> Wrong:
    payload = encoded(issuer.claims())
    pem = rsa.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    good = issuer.token(key=elliptic).split(".")[2]
    spellings = {
        f"alg {name!r}": (f"{encoded({'alg': name, 'kid': elliptic.kid})}.{payload}.{end}", Reason.ALGORITHM)
        for name, end in [
            ("none", ""),
            ("None", ""),
            ("NONE", ""),
            ("nOnE", good),
            ("none ", good),
            ("", ""),
            ("es256", good),
            ("ES256K", good),
            ("RS512", good),
            ("PS256", good),
            ("EdDSA", good),
            (None, ""),
            (["ES256"], good),
        ]
    }
    mac = jwt.get_algorithm_by_name("HS256")
    start = f"{encoded({'alg': 'HS256', 'kid': rsa.kid})}.{payload}"
    return {
        **spellings,
        "no alg": (f"{encoded({'kid': elliptic.kid})}.{payload}.{good}", Reason.ALGORITHM),
        "HS256 with the public key as secret": (
            f"{start}.{encoded(mac.sign(start.encode(), pem))}",
            Reason.ALGORITHM,
        ),
        "ES384": (issuer.token(key=a_key(elliptic.kid, "ES384")), Reason.ALGORITHM),
        "RS384 by the right key": (issuer.token(key=Key(rsa.kid, "RS384", rsa.private)), Reason.ALGORITHM),
        "another alg than the key's": (
            signed(encoded({"alg": "RS256", "kid": elliptic.kid}), payload, elliptic),
            Reason.ALGORITHM,
        ),
    }


def _keys(issuer: Issuer, elliptic: Key, rsa: Key) -> Wrong:
    good = issuer.token(key=elliptic)
    return {
        "unknown kid": (issuer.token(key=a_key("somebody")), Reason.KEY),
        "no kid where there are two keys": (sign(issuer.claims(), Key(None, "ES256", elliptic.private)), Reason.KEY),
        "swapped key": (issuer.token(key=a_key(elliptic.kid)), Reason.SIGNATURE),
        "swapped RSA key": (issuer.token(key=Key(rsa.kid, "RS256", rsa_key(2048, 1))), Reason.SIGNATURE),
        "another key's kid": (issuer.token(key=Key(rsa.kid, "ES256", elliptic.private)), Reason.ALGORITHM),
        "truncated signature": (good[:-6], Reason.SIGNATURE),
        "no signature": (good.rsplit(".", 1)[0] + ".", Reason.SIGNATURE),
        "another token's signature": (
            good.rsplit(".", 1)[0] + "." + issuer.token("taro", key=elliptic).split(".")[2],
            Reason.SIGNATURE,
        ),
        "changed claims": (
            ".".join([good.split(".")[0], encoded(issuer.claims("taro")), good.split(".")[2]]),
            Reason.SIGNATURE,
        ),
    }


def _headers(issuer: Issuer, key: Key) -> Wrong:
    own = a_key("own")
    added: dict[str, tuple[dict[str, Any], Reason]] = {
        "jku": ({"jku": f"{issuer.url}jwks"}, Reason.HEADER),
        "x5u": ({"x5u": "https://attacker.example/chain"}, Reason.HEADER),
        "x5c": ({"x5c": ["MII"]}, Reason.HEADER),
        "embedded jwk": ({"jwk": own.jwk()}, Reason.HEADER),
        "crit": ({"crit": ["exp"]}, Reason.HEADER),
        "zip": ({"zip": "DEF"}, Reason.HEADER),
        "a type for something else": ({"typ": "dpop+jwt"}, Reason.TYPE),
        "a type that is no text": ({"typ": 1}, Reason.TYPE),
    }
    several = {name: (issuer.token(headers=more, key=key), why) for name, (more, why) in added.items()}
    payload, double = encoded(issuer.claims()), f'{{"alg":"ES256","alg":"ES256","kid":"{key.kid}"}}'
    odd_kids = {
        f"kid {kid!r}"[:20]: (signed(encoded({"alg": "ES256", "kid": kid}), payload, key), Reason.HEADER)
        for kid in (7, None, "", ["a"], "k" * 257)
    }
    return {
        **several,
        **odd_kids,
        "its own key in the header": (issuer.token(headers={"jwk": own.jwk(), "kid": "own"}, key=own), Reason.HEADER),
        "detached payload": (signed(encoded({"alg": "ES256", "kid": key.kid, "b64": False}), "", key), Reason.HEADER),
        "a header twice": (signed(encoded(double), payload, key), Reason.MALFORMED),
    }


def _times(issuer: Issuer, key: Key) -> Wrong:
    now = issuer.claims(seconds=0)["exp"]

    def with_claims(**claims: Any) -> str:
        return issuer.token(claims=claims, key=key)

    odd: list[Any] = ["never", str(now + 600), True, [now], {}, float("nan"), float("inf")]
    return {
        "expired": (with_claims(exp=now - 61), Reason.EXPIRED),
        "expired at the end of the leeway": (with_claims(exp=now - 60), Reason.EXPIRED),
        "expired before there was time": (with_claims(exp=-1), Reason.EXPIRED),
        "nbf in the future": (with_claims(nbf=now + 61), Reason.NOT_YET),
        "iat in the future": (with_claims(iat=now + 61), Reason.NOT_YET),
        "nbf that is no time": (with_claims(nbf="soon"), Reason.CLAIMS),
        "iat that is no time": (with_claims(iat=[]), Reason.CLAIMS),
        **{f"exp {value!r}": (with_claims(exp=value), Reason.CLAIMS) for value in odd},
    }


def _claims(issuer: Issuer, key: Key) -> Wrong:
    def with_claims(**claims: Any) -> str:
        return issuer.token(claims=claims, key=key)

    header = encoded({"alg": "ES256", "kid": key.kid})
    double = json.dumps(issuer.claims())[:-1] + ', "sub": "taro"}'
    missing = {
        f"no {name}": (issuer.token(without=[name], key=key), Reason.MISSING)
        for name in ("exp", "iat", "sub", "aud", "iss")
    }
    return {
        **missing,
        "null sub": (with_claims(sub=None), Reason.MISSING),
        "empty aud": (with_claims(aud=""), Reason.MISSING),
        "empty aud list": (with_claims(aud=[]), Reason.MISSING),
        "wrong iss": (with_claims(iss="https://other.example/"), Reason.ISSUER),
        "iss without its slash": (with_claims(iss=issuer.url.rstrip("/")), Reason.ISSUER),
        "iss as list": (signed(header, encoded({**issuer.claims(), "iss": [issuer.url]}), key), Reason.ISSUER),
        "wrong aud": (with_claims(aud="others"), Reason.AUDIENCE),
        "aud list without us": (with_claims(aud=["others", "kickbacks2"]), Reason.AUDIENCE),
        "aud as number": (with_claims(aud=7), Reason.AUDIENCE),
        "aud list of more than text": (with_claims(aud=["kickbacks", 7]), Reason.AUDIENCE),
        "aud in other letters": (with_claims(aud="Kickbacks"), Reason.AUDIENCE),
        "sub as number": (with_claims(sub=7), Reason.SUBJECT),
        "sub as list": (with_claims(sub=["hanako"]), Reason.SUBJECT),
        "empty sub": (with_claims(sub=""), Reason.SUBJECT),
        "long sub": (with_claims(sub="x" * 256), Reason.SUBJECT),
        "half a character as sub": (with_claims(sub="\ud800"), Reason.SUBJECT),
        "a claim twice": (signed(header, encoded(double), key), Reason.MALFORMED),
        "claims that are a list": (signed(header, encoded("[1]"), key), Reason.MALFORMED),
        "claims that are no JSON": (signed(header, encoded("hello"), key), Reason.MALFORMED),
        "claims that are no UTF-8": (signed(header, encoded(b"\xff\xfe{}"), key), Reason.MALFORMED),
        "deep claims": (signed(header, encoded("[" * 4000), key), Reason.MALFORMED),
        "no claims": (signed(header, "", key), Reason.MALFORMED),
    }


def _shapes(issuer: Issuer, key: Key) -> Wrong:
    good = issuer.token(key=key)
    head, body, end = good.split(".")
    return {
        "100 KB": (issuer.token(claims={"more": "x" * 100_000}, key=key), Reason.TOO_LONG),
        "a little too long": (good + "A" * (8 * 1024 + 1 - len(good)), Reason.TOO_LONG),
        "nothing": ("", Reason.MALFORMED),
        "a word": ("hanako", Reason.MALFORMED),
        "dots": ("..", Reason.MALFORMED),
        "two segments": (f"{head}.{body}", Reason.MALFORMED),
        "five segments": (f"{good}.{body}.{end}", Reason.MALFORMED),
        "bad base64 in the header": (f"{head[:-1]}!.{body}.{end}", Reason.MALFORMED),
        "bad base64 hidden in the header": (f"{head}%.{body}.{end}", Reason.MALFORMED),
        "bad base64 in the claims": (f"{head}.{body}*.{end}", Reason.MALFORMED),
        "bad base64 in the signature": (f"{head}.{body}.{end}+/", Reason.MALFORMED),
        "white space at the end": (f"{good}\n", Reason.MALFORMED),
        "characters of another script": (f"{head}.{body}.ａ{end[1:]}", Reason.MALFORMED),
        "half a character": (f"{head}.{body}.\ud800{end[1:]}", Reason.MALFORMED),
        "a header that is a list": (f"{encoded('[]')}.{body}.{end}", Reason.MALFORMED),
        "a deep header": (f"{encoded('[' * 5000)}.{body}.{end}"[: 8 * 1024], Reason.MALFORMED),
        "a header in UTF-16": (f"{encoded('{}'.encode('utf-16'))}.{body}.{end}", Reason.MALFORMED),
        "an opaque token": ("mF_9.B5f-4.1JqM", Reason.MALFORMED),
    }
