"""The Vault port in memory."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from app.domain.card_tokens import card_face
from app.domain.emails import comparable
from app.domain.personal import CardNumber, Email, ExternalIdentity, Profile
from app.ports.errors import StoreUnavailable
from app.ports.vault import AddedCard, Card, Erasure, Identified, UserErased, UserIdTaken, VaultNotConfigured


async def yield_once() -> None:
    """Lets the other tasks run, as every call over a network does."""
    await asyncio.sleep(0)


@dataclass(slots=True)
class FakeVault:
    """See the port. `down` and `configured` make every call fail or not; `calls` counts them by the method's name, and
    `pause` is awaited before each takes effect."""

    keeps_numbers: bool = True
    down: bool = False
    configured: bool = True
    pause: Callable[[], Awaitable[None]] = yield_once
    calls: Counter[str] = field(default_factory=Counter)
    identities: dict[str, ExternalIdentity] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    cards: dict[str, tuple[Card, CardNumber]] = field(default_factory=dict)
    erasures: dict[str, Erasure] = field(default_factory=dict)

    async def user_of(self, issuer: str, subject: str) -> str | None:
        await self._called("user_of")
        for user_id, identity in self.identities.items():
            if (identity.issuer, identity.subject.reveal()) == (issuer, subject):
                return user_id
        return None

    async def identity_of(self, user_id: str) -> ExternalIdentity | None:
        await self._called("identity_of")
        return self.identities.get(user_id)

    async def add_identity(self, identity: ExternalIdentity, *, user_id: str, at: str) -> Identified:
        await self._called("add_identity")
        for known, other in self.identities.items():
            if other == identity:
                return Identified(known, is_new=False)
        self._check(user_id)
        if user_id in self.identities:
            raise UserIdTaken
        self.identities[user_id] = identity
        return Identified(user_id, is_new=True)

    async def profile_of(self, user_id: str) -> Profile | None:
        await self._called("profile_of")
        return self.profiles.get(user_id)

    async def put_profile(self, user_id: str, profile: Profile, *, at: str) -> None:
        await self._called("put_profile")
        self._check(user_id)
        self.profiles[user_id] = profile

    async def users_with_email(self, email: Email, *, limit: int) -> list[str]:
        await self._called("users_with_email")
        wanted = comparable(email)
        found = [user for user, one in self.profiles.items() if one.email and comparable(one.email) == wanted]
        return sorted(found)[:limit]

    async def add_card(self, user_id: str, number: CardNumber, *, card_id: str, at: str) -> AddedCard:
        await self._called("add_card")
        self._check(user_id)
        for card, kept in self.cards.values():
            if (card.user_id, kept) == (user_id, number):
                return AddedCard(card, is_new=card.card_id == card_id)
        card = Card(card_id, user_id, card_face(number), at)
        self.cards[card_id] = card, number
        return AddedCard(card, is_new=True)

    async def card(self, card_id: str) -> Card | None:
        await self._called("card")
        return self.cards[card_id][0] if card_id in self.cards else None

    async def card_number(self, card_id: str) -> CardNumber | None:
        await self._called("card_number")
        return self.cards[card_id][1] if self.keeps_numbers and card_id in self.cards else None

    async def erase(self, user_id: str, *, erasure_id: str, at: str) -> Erasure:
        await self._called("erase")
        if user_id in self.erasures:
            return self.erasures[user_id]
        self.erasures[user_id] = Erasure(user_id, erasure_id, at, is_new=False)
        self.identities.pop(user_id, None)
        self.profiles.pop(user_id, None)
        self.cards = {token: one for token, one in self.cards.items() if one[0].user_id != user_id}
        return replace(self.erasures[user_id], is_new=True)

    async def erasure_of(self, user_id: str) -> Erasure | None:
        await self._called("erasure_of")
        return self.erasures.get(user_id)

    async def _called(self, operation: str) -> None:
        self.calls[operation] += 1
        await self.pause()
        if not self.configured:
            raise VaultNotConfigured
        if self.down:
            raise StoreUnavailable("the fake is down")

    def _check(self, user_id: str) -> None:
        if user_id in self.erasures:
            raise UserErased
