"""The Vault port on DynamoDB, put together from its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.personal import CardNumber, Email, ExternalIdentity, Profile
from app.ports.vault import AddedCard, Card, Erasure, Identified
from app.store.vault_cards import VaultCards
from app.store.vault_erasing import VaultErasing
from app.store.vault_identities import VaultIdentities
from app.store.vault_profiles import VaultProfiles


@dataclass(frozen=True, slots=True)
class DynamoVault:
    """See the port; what each call costs is said by the parts."""

    identities: VaultIdentities
    profiles: VaultProfiles
    cards: VaultCards
    erasing: VaultErasing

    async def user_of(self, issuer: str, subject: str) -> str | None:
        """See the port."""
        return await self.identities.user_of(issuer, subject)

    async def identity_of(self, user_id: str) -> ExternalIdentity | None:
        """See the port."""
        return await self.identities.identity_of(user_id)

    async def add_identity(self, identity: ExternalIdentity, *, user_id: str, at: str) -> Identified:
        """See the port."""
        return await self.identities.add_identity(identity, user_id=user_id, at=at)

    async def profile_of(self, user_id: str) -> Profile | None:
        """See the port."""
        return await self.profiles.profile_of(user_id)

    async def put_profile(self, user_id: str, profile: Profile, *, at: str) -> None:
        """See the port."""
        await self.profiles.put_profile(user_id, profile, at=at)

    async def users_with_email(self, email: Email, *, limit: int) -> Sequence[str]:
        """See the port."""
        return await self.profiles.users_with_email(email, limit=limit)

    async def add_card(self, user_id: str, number: CardNumber, *, card_id: str, at: str) -> AddedCard:
        """See the port."""
        return await self.cards.add_card(user_id, number, card_id=card_id, at=at)

    async def card(self, card_id: str) -> Card | None:
        """See the port."""
        return await self.cards.card(card_id)

    async def card_number(self, card_id: str) -> CardNumber | None:
        """See the port."""
        return await self.cards.card_number(card_id)

    async def erase(self, user_id: str, *, erasure_id: str, at: str) -> Erasure:
        """See the port."""
        return await self.erasing.erase(user_id, erasure_id=erasure_id, at=at)

    async def erasure_of(self, user_id: str) -> Erasure | None:
        """See the port."""
        return await self.erasing.erasure_of(user_id)
