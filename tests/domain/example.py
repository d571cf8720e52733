"""The example by which a points system was designed: 7 days, Asia/Tokyo.

when                what        amount  counts through  balance
2022-10-01 14:00    a purchase      +5      2022-10-08        5
2022-10-02 16:00    a visit        +10      2022-10-09       15
2022-10-09 00:00    expiry          -5                       10
2022-10-09 18:00    a coupon       -10                        0
2022-10-10 00:00                                              0
"""

from datetime import datetime, timedelta, timezone

TOKYO_OFFSET = timezone(timedelta(hours=9))


def at(text: str) -> datetime:
    """'2022-10-09 18:00' on Tokyo's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO_OFFSET)


DAYS = 7
PURCHASE, VISIT = (at("2022-10-01 14:00"), 5), (at("2022-10-02 16:00"), 10)
COUPON = (at("2022-10-09 18:00"), 10)
OVER, NOTHING_LEFT = at("2022-10-09 00:00"), at("2022-10-10 00:00")
ONE_MICROSECOND = timedelta(microseconds=1)

# The five moments, and the last before each.
BALANCES = [
    (PURCHASE[0] - ONE_MICROSECOND, 0),
    (PURCHASE[0], 5),
    (VISIT[0] - ONE_MICROSECOND, 5),
    (VISIT[0], 15),
    (OVER - ONE_MICROSECOND, 15),
    (OVER, 10),
    (COUPON[0] - ONE_MICROSECOND, 10),
    (COUPON[0], 0),
    (NOTHING_LEFT - ONE_MICROSECOND, 0),
    (NOTHING_LEFT, 0),
]
# Where nobody uses the coupon, and what is left expires too.
UNUSED = [(when, {COUPON[0]: 10, NOTHING_LEFT - ONE_MICROSECOND: 10}.get(when, balance)) for when, balance in BALANCES]
EXPIRY_OF_PURCHASE, EXPIRY_OF_VISIT = (-5, "2022-10-08T15:00:00.000000Z"), (-10, "2022-10-09T15:00:00.000000Z")
EARNED = [(5, "2022-10-01T05:00:00.000000Z"), (10, "2022-10-02T07:00:00.000000Z")]
USED = (-10, "2022-10-09T09:00:00.000000Z")
