"""A benefit is exercised: its conditions are judged, and what it gives is earned.

The exercises of a user are numbered, and each one names its day; so how often a benefit was exercised in a period is
known from one read of the exercise that stands `times` back, whatever the period was in earlier versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.commands.asked import Asked, entry_document, own_entry, receipt_of
from app.commands.posting import Command, Outcome, Posting, Refusal, Unknown, Unmet, carry_out
from app.domain.benefits import Benefit, DefinedBenefit, Evidence, Exercise, Per, same_period, unmet_condition
from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Moment
from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import business_date, utc_text
from app.ports.benefits import Benefits
from app.ports.ledger import CommandKind, NewCommand, Tally, TallyId


@dataclass(frozen=True, slots=True)
class Exercising:
    """What exercising works with. `validity` is how long each type counts where a benefit does not say."""

    posting: Posting
    benefits: Benefits
    validity: Mapping[KickbackType, Validity]


async def exercise_benefit(asked: Asked, evidence: Evidence, *, using: Exercising) -> Outcome:
    """Judged by the newest version of the definition. Unmet names the first condition that does not hold; Unknown when
    there is no such benefit. Raises StoreUnavailable, OutcomeUnknown."""
    benefit_id, _ = asked.id.ids
    defined = await using.benefits.newest(benefit_id)
    if defined is None:
        return Unknown()
    account = Account(asked.id.owner, defined.benefit.kind)
    exercising = _Exercising(asked, evidence, defined, account, using)
    command = Command(asked.id, asked.fingerprint, (account,), exercising.decide, asked.expected)
    return await carry_out(command, using=using.posting)


@dataclass(frozen=True, slots=True)
class _Exercising:
    asked: Asked
    evidence: Evidence
    defined: DefinedBenefit
    account: Account
    using: Exercising

    async def decide(self, heads: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
        (head,) = heads
        moment = self.using.posting.moment().present(head)
        benefit, today = self.defined.benefit, business_date(moment.effective_at, moment.zone)
        earning = self._earning(moment, today)
        unmet = unmet_condition(benefit, self.evidence, at=utc_text(moment.effective_at))
        if unmet is None and earning.expires_on is not None and earning.expires_on < today:
            unmet = f"validity {earning.rule}"
        if unmet is not None:
            return Unmet(unmet)
        step = await self.using.posting.ledger.tally(self._counter())
        number = step.number + 1 if step is not None else 1
        day = await self._day(number, today)
        if await self._is_used_up(benefit, number, day):
            return Unmet(benefit.limit.text)
        return self._command(decide_earn(head, earning), earning, self._exercise(number, day, moment))

    def _counter(self) -> TallyId:
        """One for all: exercises that an earlier version counted otherwise count."""
        return TallyId(CommandKind.EXERCISE, self.account.user_id, (self.defined.benefit.benefit_id, Per.EVER.value))

    def _earning(self, moment: Moment, today: date) -> Earning:
        benefit = self.defined.benefit
        validity = benefit.validity or self.using.validity[benefit.kind]
        return Earning(
            account=self.account,
            amount=benefit.amount,
            source=benefit.source,
            cause=self.asked.id.cause,
            expires_on=validity.last_day(today),
            rule=validity.rule,
            moment=moment,
        )

    async def _day(self, number: int, today: date) -> date:
        """Not before that of the exercise before: around midnight clocks may differ, and no period reopens."""
        return max(today, (await self._earlier(number - 1)).day) if number > 1 else today

    async def _is_used_up(self, benefit: Benefit, number: int, day: date) -> bool:
        """Days never go back, so when the exercise `times` before this one is in the period, all since are too."""
        first = number - benefit.limit.times
        return first >= 1 and same_period(benefit.limit.per, (await self._earlier(first)).day, day)

    async def _earlier(self, number: int) -> Exercise:
        found = await self.using.benefits.exercise(self.account.user_id, self.defined.benefit.benefit_id, number)
        if found is None:
            raise LookupError("an exercise that was counted is not there")
        return found

    def _exercise(self, number: int, day: date, moment: Moment) -> Exercise:
        benefit_id, exercise_id = self.asked.id.ids
        return Exercise(
            user_id=self.account.user_id,
            benefit_id=benefit_id,
            exercise_id=exercise_id,
            number=number,
            benefit_version=self.defined.version,
            evidence=self.evidence,
            day=day,
            created_at=utc_text(moment.recorded_at),
        )

    def _command(self, entries: list[LedgerEntry], earning: Earning, exercise: Exercise) -> NewCommand:
        entry = own_entry(entries, self.asked)
        expires_on = earning.expires_on.isoformat() if earning.expires_on else None
        results = {
            "benefitVersion": exercise.benefit_version,
            "trigger": self.defined.benefit.trigger,
            "number": exercise.number,
            "ledger": {**entry_document(entry), "expiresOn": expires_on},
        }
        receipt = receipt_of(self.asked, results, created_at=exercise.created_at, entry=entry)
        tally = Tally(self._counter(), exercise.number, exercise.number)
        return NewCommand(tuple(entries), receipt, (tally,), (exercise,))
