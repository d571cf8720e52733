"""`kickbacks token`: a development token, good for a service with ENVIRONMENT=local that has the same key."""

import time
from typing import Annotated
from uuid import uuid4

import jwt
import typer
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from app.cli.api_client import BEARER_VARIABLE
from app.cli.exit_codes import EX_CONFIG
from app.cli.output import err, fail
from app.domain.access import Scope
from app.domain.identifiers import check_id
from app.identity.local_key_file import LocalKeyUnusable, read_or_make_key
from app.identity.local_keys import AUDIENCE, ISSUER, key_id
from app.settings import Settings

_PROGRAM = "developer"
_MAX_MINUTES = 7 * 24 * 60


def token(
    user: Annotated[str | None, typer.Option(help="The user that the caller is; without it a program")] = None,
    scope: Annotated[list[Scope] | None, typer.Option(help="What the caller may do; may be given many times")] = None,
    client: Annotated[str, typer.Option(help="The program's name, where there is no user")] = _PROGRAM,
    minutes: Annotated[int, typer.Option(min=1, max=_MAX_MINUTES, help="How long it is good for")] = 60,
) -> None:
    """Print a token for development. Only with ENVIRONMENT=local."""
    settings = Settings()
    if not settings.is_local:
        fail("Development tokens are made with ENVIRONMENT=local only.", code=EX_CONFIG)
    try:
        subject = check_id(client if user is None else user)
    except ValueError as error:
        fail(f"{'--client' if user is None else '--user'} {error}", code=2)
    try:
        made = development_token(settings, subject, scope or [], is_user=user is not None, minutes=minutes)
    except (LocalKeyUnusable, OSError) as error:
        fail(f"No key to sign with: {error}")
    typer.echo(made)
    err.print(
        f"Good for {minutes} min, signed with {settings.local_token_key}. curl shows it with "
        f'-H "Authorization: Bearer ..."; commands of kickbacks, with {BEARER_VARIABLE} set to it.',
        markup=False,
    )


def development_token(settings: Settings, subject: str, scopes: list[Scope], *, is_user: bool, minutes: int) -> str:
    """Good from now on, for `minutes`. Makes the key where there is none. Raises LocalKeyUnusable and OSError."""
    key = read_or_make_key(settings.local_token_key)
    return make_token(key, subject, scopes, is_user=is_user, now=int(time.time()), minutes=minutes)


def make_token(
    key: EllipticCurvePrivateKey, subject: str, scopes: list[Scope], *, is_user: bool, now: int, minutes: int
) -> str:
    """`now` in epoch seconds."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": now,
        "nbf": now,
        "exp": now + minutes * 60,
        "jti": uuid4().hex,
        "scope": " ".join(scopes),
    }
    if not is_user:
        claims["client_id"] = subject
    return jwt.encode(claims, key, "ES256", headers={"kid": key_id(key), "typ": "at+jwt"})
