"""Somebody whom an issuer of tokens knows is given a user id of ours."""

from app.commands.vaulting import Vaulting
from app.domain.personal import ExternalIdentity
from app.domain.random_ids import RANDOM_ID_BYTES, random_id
from app.ports.vault import Identified


async def add_identity(identity: ExternalIdentity, *, using: Vaulting) -> Identified:
    """The user id, a random one; the one it has, where it was added before. Raises VaultNotConfigured,
    StoreUnavailable, OutcomeUnknown."""
    known = await using.vault.user_of(identity.issuer, identity.subject.reveal())
    if known is not None:
        await using.auditor.shown("identity.add", f"user:{known}")
        return Identified(known, is_new=False)
    user_id = random_id("user", using.random_bytes(RANDOM_ID_BYTES))
    await using.auditor.begun("identity.add", f"user:{user_id}")
    return await using.vault.add_identity(identity, user_id=user_id, at=using.at())
