"""The vault: who is behind a user id, what is known about them, and the cards behind tokens. Readable by few.

A user is in the vault from the first thing that is written about them. Each has a key of its own under which everything
personal is encrypted; erasing a user destroys that key, and what was written under it is lost for ever, in copies too.

What every method may raise beside what it says itself:
StoreUnavailable     the table or the master keys cannot be reached: nothing is wrong with the request
StoreRefused         they refused what we sent, or something does not decrypt: a defect or damage, never the caller's
VaultNotConfigured   there are no master keys here, and so there is no vault
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.card_tokens import CardFace
from app.domain.personal import CardNumber, Email, ExternalIdentity, Profile


class UserErased(Exception):
    """The user was erased: nothing can be written about them again. Says no more than that."""


class UserIdTaken(Exception):
    """A user id has one identity, and this one has another."""


class VaultNotConfigured(Exception):
    """The settings name no master keys. Trying again is no use before somebody changes them."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The user id of an external identity. `is_new`: it has it from this call."""

    user_id: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a card. `created_at`: UTC text with microseconds."""

    card_id: str
    user_id: str
    face: CardFace
    created_at: str


@dataclass(frozen=True, slots=True)
class AddedCard:
    """`is_new`: the token is from this call; else the user's card with this number had one already, and this is it."""

    card: Card
    is_new: bool


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a user was erased, by which request and when (UTC text). `is_new`: by this call; False too
    where it was by one whose answer got lost."""

    user_id: str
    erasure_id: str
    erased_at: str
    is_new: bool


class Users(Protocol):
    """The part of the vault that finding out who a caller is needs."""

    async def user_of(self, issuer: str, subject: str) -> str | None:
        """The user id of an external identity, compared character by character. None where it is not known, or was
        erased. Two reads."""
        ...


class Vault(Users, Protocol):
    """See the module. Whatever writes is idempotent: the same call again, after any error, completes it or finds it
    done. `at` is UTC text with microseconds. Two writes about one user at the same time go one after the other."""

    async def identity_of(self, user_id: str) -> ExternalIdentity | None:
        """Who the user is elsewhere. None where that is not known, or the user was erased."""
        ...

    async def add_identity(self, identity: ExternalIdentity, *, user_id: str, at: str) -> Identified:
        """Gives the identity this (new, random) user id, unless it has one: that is what is answered then. An identity
        whose user was erased has none, and gets a new one that nothing ties to the old.

        Raises UserIdTaken where `user_id` has another identity already, and UserErased where it is an erased user's.
        """
        ...

    async def profile_of(self, user_id: str) -> Profile | None:
        """What is known about the user. None where nothing was ever put, or the user was erased."""
        ...

    async def put_profile(self, user_id: str, profile: Profile, *, at: str) -> None:
        """Replaces all of it: what is None is removed. An empty profile is one. Raises UserErased."""
        ...

    async def users_with_email(self, email: Email, *, limit: int) -> Sequence[str]:
        """The ids of users in whose profile this address stands, in order of their text, at most `limit` of them.
        Addresses are alike where `app.domain.emails.comparable` makes the same of them: upper and lower case and
        full-width letters make no difference. Nobody erased is among them."""
        ...

    async def add_card(self, user_id: str, number: CardNumber, *, card_id: str, at: str) -> AddedCard:
        """Gives the user's card with this number this (new, random) token, unless it has one: that is what is answered
        then. Another user's card with the same number has a token of its own. Raises UserErased."""
        ...

    async def card(self, card_id: str) -> Card | None:
        """What is behind a token. None where it is not known, or its user was erased."""
        ...

    async def card_number(self, card_id: str) -> CardNumber | None:
        """The number behind a token. None where the token is not known, its user was erased, or numbers were not kept
        (VAULT_KEEP_PAN) when the card was added. Write to the audit trail before you ask."""
        ...

    async def erase(self, user_id: str, *, erasure_id: str, at: str) -> Erasure:
        """Destroys the user's key and everything in the vault about the user, who need not be known to it: the user id
        cannot be written about again. Of an erased user, the first erasure is answered, whatever `erasure_id` says.

        When the key is gone, nothing is readable any more; an error after that leaves rows that nobody can read to the
        next call. Other processes may hold the user's key in memory for a minute, but read nothing with it: they look
        at the table each time.
        """
        ...

    async def erasure_of(self, user_id: str) -> Erasure | None:
        """The erasure of the user, if there was one (`is_new` is False)."""
        ...
