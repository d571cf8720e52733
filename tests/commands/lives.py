"""Accounts that live: every command there is, on the fakes, on a clock that moves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from app.api.reversals import reversal_answer
from app.commands.adjust import Adjustment, adjust
from app.commands.asked import Asked
from app.commands.cancel_redemption import cancel_redemption
from app.commands.close_account import close_account
from app.commands.exercise_benefit import Exercising, exercise_benefit
from app.commands.expire_points import expire_points
from app.commands.posting import Carried, Outcome, Posting
from app.commands.record_group import Recording
from app.commands.record_transaction import record_transaction
from app.commands.redeem import redeem
from app.commands.reverse_transaction import Reverse, Reversing, reverse_transaction
from app.domain.benefits import Benefit, DefinedBenefit, Limit
from app.domain.decisions.claw_back import ClawbackPolicy
from app.domain.earning import EarningRules
from app.domain.expiry import RoundUp, Validity
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.periods import business_date, utc_text
from app.domain.reversals import Reversal
from app.ports.errors import StoreUnavailable
from app.ports.ledger import CommandId, CommandKind
from app.ports.scans import Fact, StoredPurchase
from tests.commands.posters import posting
from tests.commands.recorders import recording
from tests.fakes import FakeFacts, FakeTransactions
from tests.fakes.benefits import FakeBenefits
from tests.fakes.documents import figures_of
from tests.purchases import NOW, TOKYO, purchase

SHORT = EarningRules(
    {
        KickbackType.POINT: Validity(days=7),
        KickbackType.MILE: Validity(months=1, round_up=RoundUp.MONTH),
        KickbackType.CASHBACK: Validity(),
    },
    TOKYO,
)
BENEFIT = Benefit("often", "Often", "CAMPAIGN", KickbackType.POINT, 5, limit=Limit(1000), validity=Validity(days=2))


@dataclass(slots=True)
class Life:
    """`said` remembers what was asked, so that it can be asked again."""

    facts: FakeFacts = field(default_factory=FakeFacts)
    moment: datetime = NOW
    policy: ClawbackPolicy = ClawbackPolicy.ALLOW_NEGATIVE
    numbers: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.facts.benefits[BENEFIT.benefit_id, 1] = DefinedBenefit(BENEFIT, 1, utc_text(self.moment))

    def now(self) -> datetime:
        return self.moment

    def id(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers)}"

    async def buy(self, account: Account, kickback: int, *, late: timedelta = timedelta(), amount: int = 1000) -> str:
        """A purchase that happened `late` before now."""
        happened = self.moment - late
        bought = purchase(
            transaction_id=self.id("t"),
            user_id=account.user_id,
            kickback_type=account.kind,
            kickback_amount=kickback,
            transaction_amount=amount,
            transaction_date=business_date(happened, TOKYO),
            occurred_at=happened.isoformat(),
            created_at=utc_text(self.moment),
        )
        for _ in range(2):
            await record_transaction(bought, using=self._recording())
        return bought.transaction_id

    async def redeem(self, account: Account, amount: int) -> tuple[str, Outcome]:
        redemption_id = self.id("r")
        asked = self._asked(CommandKind.REDEMPTION, account, redemption_id)
        return redemption_id, await self.twice(lambda: redeem(asked, account, amount, using=self.posting()))

    async def cancel(self, account: Account, redemption_id: str, amount: int | None) -> Outcome:
        asked = self._asked(CommandKind.CANCELLATION, account, redemption_id, self.id("c"))
        return await self.twice(lambda: cancel_redemption(asked, amount, using=self.posting()))

    async def adjust(self, account: Account, amount: int) -> Outcome:
        asked, adjustment = (
            self._asked(CommandKind.ADJUSTMENT, account, self.id("a")),
            Adjustment(account, amount, None),
        )
        return await self.twice(lambda: adjust(asked, adjustment, rules=SHORT, using=self.posting()))

    async def exercise(self, account: Account) -> Outcome:
        asked = self._asked(CommandKind.EXERCISE, account, BENEFIT.benefit_id, self.id("e"))
        using = Exercising(self.posting(), FakeBenefits(self.facts), SHORT.validity)
        return await self.twice(lambda: exercise_benefit(asked, {}, using=using))

    async def close(self, user_id: str) -> Outcome:
        asked = self._asked(CommandKind.CLOSURE, Account(user_id, KickbackType.POINT), self.id("l"))
        return await self.twice(lambda: close_account(asked, using=self.posting()))

    async def reverse(self, transaction_id: str, amount: int | None) -> Outcome:
        reverse = Reverse(transaction_id, self.id("v"), amount, None, str(amount))
        using = Reversing(self.posting(), FakeTransactions(self.facts), self.policy, reversal_answer)
        return await self.twice(lambda: reverse_transaction(reverse, using=using))

    async def expire(self, account: Account) -> None:
        await expire_points(account, until=self.moment, using=self.posting(), note=lambda _: None)

    async def twice(self, ask: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Asks until there is an answer, and once more: that changes nothing, and a receipt is answered again."""
        for _ in range(len(self.facts.faults)):
            try:
                await ask()
            except StoreUnavailable:
                continue
        outcome = await ask()
        written = self.size()
        again = await ask()
        assert self.size() == written
        if isinstance(outcome, Carried):
            assert again == Carried(outcome.receipt, replayed=True)
            assert self.facts.receipts[outcome.receipt.id] == outcome.receipt
        else:
            assert again == outcome
        return outcome

    def size(self) -> tuple[int, ...]:
        """How much has been written."""
        facts = self.facts
        return len(facts.entries), len(facts.receipts), len(facts.tallies), len(facts.further), len(facts.guards)

    def stored(self) -> list[Fact]:
        """Everything, as a scan gives it."""
        reversals = [one for one in self.facts.further if isinstance(one, Reversal)]
        facts: list[Fact] = [StoredPurchase(figures_of(one), one) for one in self.facts.purchases.values()]
        facts += [StoredPurchase(figures_of(one), None, one) for one in reversals]
        facts += [*self.facts.guards.values(), *self.facts.entries.values(), *self.facts.receipts.values()]
        facts += [*self.facts.tallies.values(), *self.facts.benefits.values()]
        return [*facts, *(one for one in self.facts.further if not isinstance(one, Reversal))]  # type: ignore[list-item]  # facts of further kinds are facts

    def posting(self) -> Posting:
        return posting(self.facts, now=self.now)

    def _recording(self) -> Recording:
        return replace(recording(self.facts), now=self.now, rules=SHORT)

    def _asked(self, kind: CommandKind, account: Account, *ids: str) -> Asked:
        return Asked(CommandId(kind, account.user_id, ids), repr(ids), {})
