"""The Benefits port in memory."""

from app.domain.benefits import DefinedBenefit, Exercise
from app.ports.audit import AuditRow
from app.ports.errors import OutcomeUnknown, StoreUnavailable
from tests.fakes.facts import FakeFacts, Fault


class FakeBenefits:
    """See the port. Exercises are what commands wrote beside their entries."""

    def __init__(self, facts: FakeFacts) -> None:
        self._facts = facts

    async def newest(self, benefit_id: str) -> DefinedBenefit | None:
        await self._facts.called("benefit")
        versions = [one for (of, _), one in self._facts.benefits.items() if of == benefit_id]
        return max(versions, key=lambda one: one.version, default=None)

    async def add(self, defined: DefinedBenefit, *, audit: AuditRow, token: str) -> bool:
        await self._facts.called("add_benefit")
        match self._facts.faults.popleft() if self._facts.faults else None:
            case Fault.STALE:
                return False
            case Fault.UNAVAILABLE:
                raise StoreUnavailable("injected: too much load")
            case Fault.LOST_REQUEST:
                raise OutcomeUnknown("injected: the request was lost")
            case Fault.LOST_RESPONSE:
                self._put(defined, audit, token)
                raise OutcomeUnknown("injected: the response was lost")
        return self._put(defined, audit, token)

    def _put(self, defined: DefinedBenefit, audit: AuditRow, token: str) -> bool:
        facts = self._facts
        if token in facts.tokens:
            return True
        place = (defined.benefit.benefit_id, defined.version)
        if place in facts.benefits:
            return False
        facts.benefits[place] = defined
        facts.keep(audit)
        facts.tokens[token] = (defined, audit)
        return True

    async def exercise(self, user_id: str, benefit_id: str, number: int) -> Exercise | None:
        await self._facts.called("exercise")
        place = (user_id, benefit_id, number)
        exercises = [one for one in self._facts.further if isinstance(one, Exercise)]
        return next((one for one in exercises if (one.user_id, one.benefit_id, one.number) == place), None)
