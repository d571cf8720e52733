"""What is known about a user."""

from app.domain.personal import Profile
from app.ports.auditor import Auditor
from app.ports.vault import Vault


async def profile_of(user_id: str, *, vault: Vault, auditor: Auditor | None) -> Profile | None:
    """None where nothing was ever put, or the user was erased. `auditor`: told first, where it is not the user who
    asks. Raises VaultNotConfigured, StoreUnavailable."""
    if auditor is not None:
        await auditor.shown("profile.show", f"user:{user_id}")
    return await vault.profile_of(user_id)
