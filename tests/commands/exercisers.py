"""Exercising benefits, bound to the fakes, with a clock that tests set."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from app.api.commands import fingerprint_of
from app.callers import current_caller
from app.commands.asked import Asked
from app.commands.exercise_benefit import Exercising, exercise_benefit
from app.commands.lanes import Lanes
from app.commands.posting import Outcome, Posting
from app.domain.benefits import Benefit, DefinedBenefit, Evidence, Exercise
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.ledger import CommandId, CommandKind
from app.retrying import Backoff
from tests.commands.recorders import Waits
from tests.domain.passbooks import findings
from tests.fakes import FakeBenefits, FakeFacts, FakeLedger
from tests.purchases import NOW, RULES, TOKYO

_TOKENS = count()


@dataclass(slots=True)
class Clock:
    """The time, as a test sets it."""

    now: datetime = NOW


@dataclass(slots=True)
class World:
    """The facts, and the processes on them: each call is made by one of its own."""

    facts: FakeFacts = field(default_factory=FakeFacts)
    clock: Clock = field(default_factory=Clock)
    recorded: list[None] = field(default_factory=list)

    def define(self, benefit: Benefit) -> DefinedBenefit:
        """The next version."""
        versions = [version for benefit_id, version in self.facts.benefits if benefit_id == benefit.benefit_id]
        defined = DefinedBenefit(benefit, max(versions, default=0) + 1, "2026-11-22T00:00:00.000000Z")
        self.facts.benefits[benefit.benefit_id, defined.version] = defined
        return defined

    def using(self, attempts: int = 10) -> Exercising:
        """A process."""
        posting = Posting(
            ledger=FakeLedger(self.facts),
            lanes=Lanes(),
            backoff=Backoff(attempts, lambda: 0.5, sleep=Waits()),
            now=lambda: self.clock.now,
            new_token=lambda: f"exercise-{next(_TOKENS)}",
            caller=current_caller,
            zone=TOKYO,
            on_recorded=lambda: self.recorded.append(None),
        )
        return Exercising(posting, FakeBenefits(self.facts), RULES.validity)

    async def exercise(
        self,
        benefit_id: str,
        exercise_id: str,
        evidence: Evidence | None = None,
        *,
        user_id: str = "user123",
        expected: int | None = None,
    ) -> Outcome:
        """One exercise."""
        evidence = evidence or {}
        said = {"exerciseId": exercise_id, "benefitId": benefit_id, "evidence": evidence}
        command_id = CommandId(CommandKind.EXERCISE, user_id, (benefit_id, exercise_id))
        asked = Asked(command_id, fingerprint_of(said), said, expected)
        return await exercise_benefit(asked, evidence, using=self.using())

    def exercises(self) -> list[Exercise]:
        """All that were written, by number."""
        found = [one for one in self.facts.further if isinstance(one, Exercise)]
        return sorted(found, key=lambda one: (one.user_id, one.benefit_id, one.number))

    def balance(self, user_id: str = "user123", kind: KickbackType = KickbackType.POINT) -> int:
        """What the account holds, after checking that its passbook is whole."""
        book = self.facts.passbook(Account(user_id, kind))
        assert findings(book) == []
        return book[-1].balance if book else 0
