"""What Hypothesis draws from: allowed ids, texts, amounts, and whole purchases."""

import string
from datetime import UTC, date, datetime, tzinfo

from hypothesis import strategies as st

from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import Channel, KickbackType
from app.domain.purchases import Purchase
from app.domain.totals import Figures

ID_ALPHABET = string.ascii_letters + string.digits + "._:-"

ids = st.text(ID_ALPHABET, min_size=1, max_size=64)
categories = st.text(string.ascii_uppercase + string.digits + "_", min_size=1, max_size=32)
kinds = st.sampled_from(KickbackType)
millionths = st.integers(0, 1_000_000)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
instants = st.sampled_from([None, "2023-05-01T21:34:56+09:00", "2024-02-29T23:59:59.999999z", "2000-01-01T00:00:00Z"])

purchases = st.builds(
    Purchase,
    transaction_id=ids,
    user_id=ids,
    transaction_date=days,
    card_id=ids,
    merchant_name=texts,
    category=categories,
    transaction_amount=st.integers(1, MAX_AMOUNT),
    kickback_amount=st.integers(0, MAX_AMOUNT),
    kickback_type=kinds,
    kickback_rate_millionths=millionths,
    created_at=st.just("2023-05-01T12:34:56.000000Z"),
    card_name=st.none() | texts,
    description=st.none() | texts,
    channel=st.none() | st.sampled_from(Channel),
    occurred_at=instants,
    expiration_time=st.none() | st.integers(0, 2**40),
)

figures = st.builds(
    Figures,
    transaction_id=ids,
    transaction_date=days.map(date.isoformat),
    created_at=st.just("2023-05-01T12:34:56.000000Z"),
    user_id=st.sampled_from(["u1", "u2"]),
    card_id=st.sampled_from(["c1", "c2", "c3"]),
    card_name=st.none() | st.sampled_from(["old", "new"]),
    merchant_name=st.sampled_from(["shop", "店"]),
    category=st.sampled_from(["GROCERY", "FUEL"]),
    transaction_amount=st.integers(-MAX_AMOUNT, MAX_AMOUNT),
    kickback_amount=st.integers(-MAX_AMOUNT, MAX_AMOUNT),
    kickback_type=kinds,
    kickback_rate_millionths=millionths,
    count_change=st.just(1),
)


def moments(first_year: int, last_year: int, zone: tzinfo = UTC) -> st.SearchStrategy[datetime]:
    """Instants from the second day of the first year to the second to last of the last."""
    first, last = (datetime.fromisoformat(text) for text in (f"{first_year:04d}-01-02", f"{last_year:04d}-12-30"))
    return st.datetimes(first, last, timezones=st.just(zone))
