"""What is known about a user is replaced."""

from app.commands.vaulting import Vaulting
from app.domain.personal import Profile


async def put_profile(user_id: str, profile: Profile, *, using: Vaulting) -> None:
    """All of it: what the profile does not say is removed. Raises UserErased, VaultNotConfigured, StoreUnavailable,
    OutcomeUnknown."""
    await using.auditor.begun("profile.put", f"user:{user_id}")
    await using.vault.put_profile(user_id, profile, at=using.at())
