"""A user is erased from the vault: nobody can find out any more who is behind the user id. What was earned and used
under it stays."""

from app.commands.vaulting import Vaulting
from app.ports.vault import Erasure


async def erase_user(user_id: str, erasure_id: str, reason: str, *, using: Vaulting) -> Erasure:
    """The erasure; the first one, where there was one before. Raises VaultNotConfigured, StoreUnavailable,
    OutcomeUnknown: then the same call again completes it."""
    await using.auditor.begun("user.erase", f"user:{user_id}", f"erasure:{erasure_id}", reason=reason)
    return await using.vault.erase(user_id, erasure_id=erasure_id, at=using.at())
