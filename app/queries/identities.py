"""Who is behind a user id, and which user ids somebody has."""

from collections.abc import Sequence

from app.domain.personal import Email, ExternalIdentity
from app.ports.auditor import Auditor
from app.ports.vault import Vault

MOST_FOUND = 50


async def identity_of(user_id: str, *, vault: Vault, auditor: Auditor) -> ExternalIdentity | None:
    """None where it is not known, or the user was erased. Raises VaultNotConfigured, StoreUnavailable."""
    await auditor.shown("identity.show", f"user:{user_id}")
    return await vault.identity_of(user_id)


async def users_with_email(email: Email, *, vault: Vault, auditor: Auditor) -> Sequence[str]:
    """The ids of users whose profile has this address, at most MOST_FOUND. The audit trail says who was found, and not
    by which address. Raises VaultNotConfigured, StoreUnavailable."""
    found = await vault.users_with_email(email, limit=MOST_FOUND)
    await auditor.shown("identity.search", *(f"user:{user_id}" for user_id in found))
    return found
