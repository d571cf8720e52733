"""Settings of who may do what, of secrets, and of what protects the service from too much."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.domain.token_buckets import Allowance
from app.settings.environment import Environment
from app.settings.urls import is_secure

_TABLE = r"^[A-Za-z0-9_.-]{3,255}$"
LOCAL_PSEUDONYM_KEY = "only-for-local-development"


class Access(StrEnum):
    """Whether callers have to show who they are."""

    AUTO = "auto"
    OPEN = "open"
    TOKENS = "tokens"


class UserIds(StrEnum):
    """Where a caller's user id comes from."""

    CLAIM = "claim"
    VAULT = "vault"


Rate = Annotated[int, Field(ge=1, le=1_000_000)]
# As a browser says it. Without TLS only from the same machine; `*` is none.
Origin = Annotated[
    str, Field(pattern=r"^(https://[a-z0-9.-]{1,253}|http://(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?$")
]


class SecuritySettings(BaseSettings):
    """Part of Settings."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    environment: Environment = Environment.PRODUCTION
    """`local` creates the tables where they are missing and asks nobody who they are; `production` does neither."""

    access: Access = Access.AUTO
    """`tokens`: callers show a bearer token; `open`: everybody may do everything, only with ENVIRONMENT=local. `auto`
    is open with ENVIRONMENT=local and without AUTH_ISSUER, else tokens."""
    open_to_network: bool = False
    """Lets an open service listen on other addresses than this machine's own, as a container has to whose port is
    published on 127.0.0.1."""
    auth_issuer: str | None = None
    """The OpenID Connect issuer of the tokens, as their `iss` says it. Needed in production."""
    auth_audience: str | None = None
    """What the tokens' `aud` must name. Needed with AUTH_ISSUER."""
    auth_jwks_url: str | None = None
    """Where the issuer's keys are; without it the issuer's `/.well-known/openid-configuration` is asked."""
    auth_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 60
    """How far the issuer's clock may be off."""
    auth_scope_claim: Annotated[str, Field(min_length=1, max_length=128)] = "scope"
    """The claim that holds the caller's scopes: words in one text, or a list of them."""
    auth_user_claim: Annotated[str, Field(min_length=1, max_length=128)] = "sub"
    """The claim that says which user a caller is."""
    auth_user_ids: UserIds = UserIds.CLAIM
    """`claim`: the claim is the user's id here; `vault`: the vault knows which id belongs to issuer and claim."""
    local_token_key: Path = Path(".local/token-key.pem")
    """With ENVIRONMENT=local: the key that `kickbacks token` signs with, and whose tokens are then good here."""
    docs_enabled: bool = True
    """Whether /docs and /openapi.json are there."""

    pseudonym_key: SecretStr = SecretStr("")
    """The secret from which users' names in rankings, and callers' in the audit trail, are made. Needed in production,
    and never to be changed: names would change with it."""
    min_group_members: Annotated[int, Field(ge=1, le=16)] = 5
    """Rows of rankings and cards that fewer users than this are behind are shown to administrators only."""

    vault_table: Annotated[str, Field(pattern=_TABLE)] = "KickbackVault"
    """The table of identities, encrypted personal fields and card tokens."""
    vault_key_file: Path | None = None
    """A file of keys that wrap the vault's data keys, made by `kickbacks vault new-key`. Without it
    .local/vault-keys.json with ENVIRONMENT=local."""
    vault_kms_key: str | None = None
    """Instead of a file: the AWS KMS key (id, ARN or alias) that wraps the vault's data keys."""
    vault_keep_pan: bool = False
    """Keeps the number of a card, encrypted, beside its token, so that it can be had again."""

    audit_shards: Annotated[int, Field(ge=1, le=100)] = 16
    """Partitions over which an hour of the audit trail is spread. It may be raised, never lowered."""
    audit_seal_seconds: Annotated[int, Field(ge=60, le=86_400)] | None = None
    """How old a row of the audit trail is at least when it is sealed: longer than any write takes. Without it 300, or
    60 with ENVIRONMENT=local."""

    caller_rate: Rate | None = None
    """Requests a second of one caller, on average. Without it 50, or no limit with ENVIRONMENT=local."""
    caller_burst: Rate | None = None
    """Requests of one caller at once, before the average counts. Without it twice CALLER_RATE."""
    caller_rates_of: dict[str, Rate] = {}
    """Other rates for single callers by their token's subject, as JSON: `{"issuer-backend": 2000}`."""
    address_rate: Rate | None = None
    """Requests a second from one address, whoever sends them. Without it 200, or no limit with ENVIRONMENT=local."""
    address_burst: Rate | None = None
    """Requests from one address at once. Without it twice ADDRESS_RATE."""
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    """Proxies in front of the service, each of which adds to `X-Forwarded-For` where it was called from. With 0 that
    header means nothing."""
    max_requests: Annotated[int, Field(ge=1, le=100_000)] = 256
    """Requests worked on at once in one process; more are answered 503 at once. A fifth is kept for recording."""
    address_connections: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Connections from one address at once. Without it 200; no limit with ENVIRONMENT=local, or with TRUSTED_PROXIES,
    whose connections carry everybody's requests."""
    cors_origins: list[Origin] = []
    """Origins whose pages may call the service from a browser, as JSON: `["https://app.example.com"]`."""

    @property
    def is_local(self) -> bool:
        """Whether this is a developer's machine."""
        return self.environment is Environment.LOCAL

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are."""
        return self.access is Access.OPEN or (self.access is Access.AUTO and self.is_local and not self.auth_issuer)

    @property
    def seal_after_seconds(self) -> int:
        """Whole seconds."""
        return self.audit_seal_seconds or (60 if self.is_local else 300)

    @property
    def pseudonym_secret(self) -> bytes:
        """Of users' names in rankings."""
        return (self.pseudonym_key.get_secret_value() or LOCAL_PSEUDONYM_KEY).encode()

    @property
    def caller_allowance(self) -> Allowance | None:
        """Of each caller; None: there is no limit."""
        return self._allowance(self.caller_rate, self.caller_burst, otherwise=50)

    @property
    def caller_allowances(self) -> dict[str, Allowance]:
        """Of single callers, by the token's subject."""
        return {subject: Allowance(rate, 2 * rate) for subject, rate in self.caller_rates_of.items()}

    @property
    def address_allowance(self) -> Allowance | None:
        """Of each address; None: there is no limit."""
        return self._allowance(self.address_rate, self.address_burst, otherwise=200)

    @property
    def connections_of_address(self) -> int | None:
        """At once; None: there is no limit."""
        return self.address_connections or (None if self.is_local or self.trusted_proxies else 200)

    def _allowance(self, rate: int | None, burst: int | None, *, otherwise: int) -> Allowance | None:
        if rate is None and self.is_local:
            return None
        return Allowance(rate or otherwise, burst or 2 * (rate or otherwise))

    @model_validator(mode="after")
    def _production_is_never_open(self) -> "SecuritySettings":
        if self.access is Access.OPEN and not self.is_local:
            raise ValueError("ACCESS=open is only for ENVIRONMENT=local")
        if self.auth_issuer and not self.auth_audience:
            raise ValueError("AUTH_AUDIENCE must be set with AUTH_ISSUER: tokens for others are not for this service")
        if self.vault_key_file and self.vault_kms_key:
            raise ValueError("only one of VAULT_KEY_FILE and VAULT_KMS_KEY can wrap the vault's keys")
        return self

    @model_validator(mode="after")
    def _keys_are_read_where_nobody_changes_them(self) -> "SecuritySettings":
        asked = ("AUTH_JWKS_URL", self.auth_jwks_url) if self.auth_jwks_url else ("AUTH_ISSUER", self.auth_issuer)
        if asked[1] and not is_secure(asked[1], or_loopback=True):
            raise ValueError(f"{asked[0]} must be an https address, since keys are read there")
        return self
