"""Whether there are enough purchases to say how much a card gives back."""

from app.domain.totals import Totals


def is_low_sample(totals: Totals, at_least: int) -> bool:
    """True with fewer than `at_least` purchases, or when nothing was spent.

    The realized rate is a mean weighted by amount. Of n purchases of like size each one moves it by one n-th of how
    far its own rate is off, so that one purchase in a campaign at 20 % lifts a card of 1 % to nearly 3 % among ten
    and to nearly 7 % among three. A plain count, because everybody can check it against the `count` shown beside it.
    """
    return totals.count < at_least or totals.transaction_total <= 0
