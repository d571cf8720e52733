"""What the answers to a spike say, and what is promised of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.abuse.report import percentile
from bench.open_loop import Answer

LEAST_GOODPUT = 0.8
MOST_REFUSAL_MS = 20.0
MOST_SECONDS_TO_NORMAL = 5.0
MOST_BYTES = 100 * 1024 * 1024
# Normal is a second in which nothing is turned away and whose p99 is not much above the usual one: a hundred answers
# have a slow one among them now and then.
_NORMAL = 2.0
_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Part:
    """The answers to what was due from one moment to another, in order of their moments; seconds of the same clock."""

    begin: float
    end: float
    answers: Sequence[Answer]

    @classmethod
    def of(cls, answers: Sequence[Answer], begin: float, end: float) -> "Part":
        """What was due between the two, the end excluded."""
        return cls(begin, end, sorted((one for one in answers if begin <= one.due < end), key=lambda one: one.due))

    @property
    def good(self) -> Sequence[Answer]:
        """Those that were done."""
        return [one for one in self.answers if one.is_good]

    @property
    def refused(self) -> Sequence[Answer]:
        """Those that were turned away as they should be."""
        return [one for one in self.answers if one.is_refusal]

    @property
    def others(self) -> int:
        """How many were answered by something else, or not at all."""
        return len(self.answers) - len(self.good) - len(self.refused)

    def p99(self) -> float:
        """Seconds of those that were done; for ever where none was."""
        return percentile([one.seconds for one in self.good], 0.99) if self.good else float("inf")


@dataclass(frozen=True, slots=True)
class Spike:
    """`most` answers a second are the most there can be; bytes are of the service's memory."""

    most: float
    before: Part
    during: Part
    after: Part
    bytes_before: int
    bytes_most: int

    @property
    def goodput(self) -> float:
        """What was done in a second of the spike, as a part of the most there can be."""
        done = [
            one
            for part in (self.before, self.during)
            for one in part.good
            if self.during.begin <= one.ended < self.during.end
        ]
        return len(done) / (self.during.end - self.during.begin) / self.most

    @property
    def refusal_ms(self) -> float:
        """Half of the refused wait no longer from when they were sent; 0 where none was."""
        refused = self.during.refused
        return 1000 * median(one.ended - one.sent for one in refused) if refused else 0.0

    @property
    def seconds_to_normal(self) -> float:
        """From the end of the spike to the first of three normal seconds in a row; for ever where there are none."""
        usual, normal = self.before.p99(), 0
        for second in range(int(self.after.end - self.after.begin)):
            begin = self.after.begin + second
            one = Part.of(self.after.answers, begin, begin + 1)
            normal = normal + 1 if len(one.good) == len(one.answers) and one.p99() <= _NORMAL * usual else 0
            if normal == _IN_A_ROW:
                return float(second + 1 - _IN_A_ROW)
        return float("inf")

    @property
    def grown_bytes(self) -> int:
        """More than before, at most."""
        return self.bytes_most - self.bytes_before

    def verdicts(self) -> dict[str, bool]:
        """Whether each promise was kept."""
        return {
            f"done: at least {LEAST_GOODPUT:.0%} of the most there can be": self.goodput >= LEAST_GOODPUT,
            f"turned away within {MOST_REFUSAL_MS:g} ms (median)": self.refusal_ms < MOST_REFUSAL_MS,
            "no answer but those, none lost": not (self.before.others + self.during.others + self.after.others),
            f"normal again within {MOST_SECONDS_TO_NORMAL:g} s": self.seconds_to_normal <= MOST_SECONDS_TO_NORMAL,
            f"at most {MOST_BYTES // 1024**2} MiB more memory": self.grown_bytes <= MOST_BYTES,
        }
