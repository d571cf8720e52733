"""Who may do what: scopes, callers, and the rule of a route."""

from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """What a caller's token allows beyond the caller's own things."""

    RECORD = "kickbacks:record"
    """Recording purchases and reversals, and reading them again."""
    POINTS = "kickbacks:points"
    """Using points and exercising benefits for any user, as a shop or an app's own server does."""
    ANALYZE = "kickbacks:analyze"
    """Rankings, efficiency and categories; no user ids."""
    AUDIT = "kickbacks:audit"
    """Reading everything that is in the ledger and in the audit trail, of any user; writing nothing."""
    ADMIN = "kickbacks:admin"
    """Everything but what the vault keeps and the audit trail."""
    IDENTIFY = "kickbacks:identify"
    """The vault: who is behind a user id, personal fields, card tokens, erasure."""
    DETOKENIZE = "kickbacks:detokenize"
    """The number behind a card's token."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who sent a request. `subject` is what the token says; `user_id` the user that the caller is, if any. `is_open`:
    nobody was asked, and everything is allowed."""

    subject: str
    scopes: frozenset[Scope] = frozenset()
    user_id: str | None = None
    is_open: bool = False

    def has(self, scope: Scope) -> bool:
        """Whether it may do what the scope allows."""
        return self.is_open or scope in self.scopes


OPEN = Principal("open", is_open=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route: everybody (`public`), any caller who is known (`known`), users for their own path (`own`),
    and holders of any of the scopes."""

    public: bool = False
    known: bool = False
    own: bool = False
    scopes: frozenset[Scope] = field(default_factory=frozenset)

    def allows(self, principal: Principal, owner: str | None) -> bool:
        """`owner` is the user whose path it is, where there is one."""
        if self.public or principal.is_open or self.known:
            return True
        if self.own and owner is not None and owner == principal.user_id:
            return True
        return not self.scopes.isdisjoint(principal.scopes)
