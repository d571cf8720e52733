"""Whenever the job runs, or never: no balance at any instant depends on it."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.queries.standings import Standings
from tests.domain.passbooks import TOKYO, findings
from tests.maintenance.expiries import POINTS, Accounts

steps = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.integers(1, 50), st.none() | st.integers(0, 9), st.integers(0, 72)),
        st.tuples(st.just("use"), st.integers(1, 40)),
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(
            st.just("job"),
        ),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(steps)
async def test_balances_are_the_same_with_the_job_and_without(history: list[tuple]) -> None:  # type: ignore[type-arg]  # of several shapes
    with_job, without = Accounts(), Accounts()
    moments = [with_job.moment]
    for kind, *values in history:
        if kind == "wait":
            with_job.moment = without.moment = with_job.moment + timedelta(hours=values[0])
            moments.append(with_job.moment)
        elif kind == "job":
            await with_job.expire(since=date(2022, 10, 1))
        elif kind == "use":
            assert await with_job.use(values[0]) == await without.use(values[0])
        else:
            amount, days, hours_late = values
            happened = with_job.moment - timedelta(hours=hours_late)
            last = happened.astimezone(TOKYO).date() + timedelta(days=days) if days is not None else None
            await with_job.earn(amount, last, effective=happened)
            await without.earn(amount, last, effective=happened)
            moments.append(happened)
    end = with_job.moment + timedelta(days=12)
    midnights = [datetime(2022, 9, 30, 15, tzinfo=UTC) + timedelta(days=day) for day in range(80)]
    for moment in sorted({*moments, *(one for one in midnights if one <= end)}):
        told = [await Standings(one.ledger, lambda: end, TOKYO).of(POINTS, moment) for one in (with_job, without)]
        assert [one and (one.balance, one.lots) for one in told] == [told[1] and (told[1].balance, told[1].lots)] * 2
    with_job.moment = end
    await with_job.expire(since=date(2022, 10, 1))
    head = await with_job.ledger.head(POINTS)
    assert all(lot.expires_on is None for lot in (head.lots if head else ()))
    for one in (with_job, without):
        assert findings(one.facts.passbook(POINTS)) == []
