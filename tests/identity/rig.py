"""The checks of tokens without a network: keys that are simply there, and a clock that is set by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.identity.bearer import BearerIdentity, TrustedIssuer
from app.identity.key_sets import KeySet, key_set
from app.identity.remembered import RememberedTokens
from app.identity.subjects import SubjectNames
from app.identity.tokens import Expected
from app.identity.users import ClaimedUsers, UserFinder
from app.identity.verifying import Verifier
from tests.identity.issuer import AUDIENCE, Issuer, Key

NOW = 1_800_000_000
LEEWAY = 60
ISSUER = "https://issuer.example/"


class Clock:
    """Both clocks of a process: seconds that never go back, and the time of day, which may."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.wall = float(NOW)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += seconds


@dataclass
class Keys:
    """A KeySource that counts. `later` are those that it has when it is asked for newer ones."""

    now: KeySet
    later: KeySet | None = None
    asked_again: int = 0

    def fresh(self) -> KeySet | None:
        return self.now

    async def keys(self) -> KeySet:
        return self.now

    async def newer(self) -> KeySet:
        self.asked_again += 1
        self.now = self.later or self.now
        return self.now


@dataclass
class Rig:
    """`issuer` only makes tokens; it is not listening."""

    issuer: Issuer
    keys: Keys
    clock: Clock = field(default_factory=Clock)
    users: UserFinder = field(default_factory=lambda: ClaimedUsers("sub"))
    remembered: RememberedTokens = field(default_factory=lambda: RememberedTokens(4))
    scope_claim: str = "scope"

    @property
    def identity(self) -> BearerIdentity:
        def now() -> float:
            return self.clock.wall

        expected = Expected(self.issuer.url, AUDIENCE, LEEWAY)
        trusted = TrustedIssuer(Verifier(expected, self.keys, now), self.scope_claim, self.users)
        return BearerIdentity(
            issuer_of=lambda _: trusted,
            names=SubjectNames(b"secret"),
            remembered=self.remembered,
            clock=lambda: self.clock.seconds,
            now=now,
        )


def set_of(*keys: Key) -> KeySet:
    """As the issuer shows them."""
    return key_set([key.jwk() for key in keys])


MakeRig = Callable[..., Rig]


def make_rig(*keys: Key) -> Rig:
    """The last key signs."""
    return Rig(Issuer(ISSUER, list(keys), now=NOW), Keys(set_of(*keys)))
