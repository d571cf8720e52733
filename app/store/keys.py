"""Every key string there is.

PK                     SK                                    what
USER#{userId}          TRANSACTION#{date}#{transactionId}    a purchase
USER#{userId}          TRANSACTION#{date}#{transactionId}#{reversalId}   a reversal of it
USER#{userId}          LEDGER#{type}#{version:010d}          a ledger entry
TXN#{transactionId}    TXN                                   the guard of a transaction id
CATEGORIES#{month}     {category}                            a category with purchases in that month

USER#{userId}          {COMMAND}#{ids}                       the receipt of a command
USER#{userId}          TALLY#{COMMAND}#{ids}#{number:010d}   how much has been undone, how often it was done
TXN#{transactionId}    REVERSAL#{reversalId} | TALLY#...     the same for reversals of a purchase
BENEFIT#{benefitId}    VERSION#{version:010d}                a version of a benefit's definition
USER#{userId}          EXERCISED#{benefitId}#{number:010d}   an exercise of a benefit
EXPIRY#shards{NN}      DONE#{day}                            up to this day everything that was due has been expired

AUDIT#{hour}#shard{NN} {at}#{requestId}#{hash16}             a row of the audit trail; the hour as 2026-11-22T13, in UTC
SEAL                   {number:010d}                         a seal over the rows of the trail between two instants

CategoryIndex  GSI1PK   CATEGORY#{category}#shard{NN}   GSI1SK    {date}
CardIndex      GSI2PK   CARD#{cardId}#shard{NN}         GSI2SK    {date}
LedgerIndex    ledgerPK LEDGER#{userId}#{type}          ledgerSK  {effectiveAt}#{version:010d}
DueIndex       duePK    DUE#{month}#shard{NN}           dueSK     {day}#{userId}#{type}#{version:010d}

No part can contain `#` (ids, categories and dates are checked before they come here), so no two different lists of
parts make the same key.
"""

from datetime import date

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.periods import DateRange
from app.ports.ledger import CommandId, CommandKind, TallyId

GUARD_SK = "TXN"
CATEGORY_INDEX = "CategoryIndex"
CARD_INDEX = "CardIndex"
LEDGER_INDEX = "LedgerIndex"
DUE_INDEX = "DueIndex"
TRANSACTION_PREFIX = "TRANSACTION#"
LEDGER_PREFIX = "LEDGER#"
RECEIPT_PREFIXES = tuple(f"{kind.value}#" for kind in CommandKind)
LAST_VERSION = 9_999_999_999
TALLY_PREFIX = "TALLY#"
BENEFIT_PREFIX = "BENEFIT#"
EXERCISE_PREFIX = "EXERCISED#"
CATEGORIES_PREFIX = "CATEGORIES#"
EXPIRY_PREFIX = "EXPIRY#"
DONE_PREFIX = "DONE#"
AUDIT_PREFIX = "AUDIT#"
SEAL_PK = "SEAL"
_HASH_DIGITS = 16
# `$` is the character after `#`: everything that begins with TRANSACTION#{date}# sorts before TRANSACTION#{date}$.
_AFTER = "$"


def user_pk(user_id: str) -> str:
    """The partition of a user: purchases and ledger."""
    return f"USER#{user_id}"


def transaction_sk(day: date, item_id: str) -> str:
    """Date first, so that history is a range; the id makes it unique: the purchase's, or the two of a reversal as
    app.domain.reversals.item_id joins them, so that reversals stand beside their purchase."""
    return transaction_sk_text(day.isoformat(), item_id)


def transaction_sk_text(day: str, item_id: str) -> str:
    """The same from a date that is text already."""
    return f"{TRANSACTION_PREFIX}{day}#{item_id}"


def transaction_range(dates: DateRange) -> tuple[str, str]:
    """The sort keys between which every purchase of the range lies, both days included."""
    first = dates.first.isoformat() if dates.first else "0"
    last = dates.last.isoformat() if dates.last else "9999-12-31"
    return f"{TRANSACTION_PREFIX}{first}", f"{TRANSACTION_PREFIX}{last}{_AFTER}"


def ledger_prefix(kind: KickbackType) -> str:
    """What all entries of one account begin with."""
    return f"{LEDGER_PREFIX}{kind}#"


def ledger_sk(kind: KickbackType, version: int) -> str:
    """Fixed width, so that text order is version order."""
    return f"{LEDGER_PREFIX}{kind}#{version:010d}"


def ledger_index_pk(user_id: str, kind: KickbackType) -> str:
    """One account's entries, in the order in which they happened."""
    return f"{LEDGER_PREFIX}{user_id}#{kind}"


def ledger_index_sk(effective_at: str, version: int) -> str:
    """Instant first."""
    return f"{effective_at}#{version:010d}"


def due_pk(month: str, shard: int) -> str:
    """Accounts with something to expire in a month, one shard."""
    return f"DUE#{month}#shard{shard:02d}"


def due_sk(day: date, user_id: str, kind: KickbackType, version: int) -> str:
    """Day first."""
    return f"{day.isoformat()}#{user_id}#{kind}#{version:010d}"


def due_range(first: date, last: date) -> tuple[str, str]:
    """The sort keys between which everything lies that is due from one day to another, both included."""
    return first.isoformat(), f"{last.isoformat()}{_AFTER}"


def account_of_due_sk(due_sk: str) -> Account:
    """Whose it is. Raises ValueError."""
    _, user_id, kind, _ = due_sk.split("#")
    return Account(user_id, KickbackType(kind))


def expiry_pk(shards: int) -> str:
    """What is known about expiring under this number of due shards."""
    return f"{EXPIRY_PREFIX}shards{shards:02d}"


def done_sk(day: date) -> str:
    """Text order is day order."""
    return f"{DONE_PREFIX}{day.isoformat()}"


def audit_pk(hour: str, shard: int) -> str:
    """One of the partitions over which an hour of the audit trail is spread."""
    return f"{audit_pk_prefix(hour)}{shard:02d}"


def audit_pk_prefix(hour: str) -> str:
    """What all partitions of an hour begin with."""
    return f"{AUDIT_PREFIX}{hour}#shard"


def audit_sk(at: str, request_id: str, row_hash: str) -> str:
    """Instant first. A request can leave several rows: the beginning of the hash tells them apart."""
    return f"{at}#{request_id}#{row_hash[:_HASH_DIGITS]}"


def audit_range(first: str, last: str) -> tuple[str, str]:
    """The sort keys between which every row from one instant to another lies, both included."""
    return first, f"{last}{_AFTER}"


def seal_sk(number: int) -> str:
    """Fixed width, so that text order is the order of seals."""
    return f"{number:010d}"


def guard_pk(transaction_id: str) -> str:
    """The uniqueness guard of a transaction id."""
    return f"TXN#{transaction_id}"


def command_pk(kind: CommandKind, owner: str) -> str:
    """Where a command's receipt and tallies lie: with the user, or with the transaction."""
    return guard_pk(owner) if kind is CommandKind.REVERSAL else user_pk(owner)


def receipt_sk(command: CommandId) -> str:
    """'REDEMPTION#r1', 'CANCELLATION#r1#c1'"""
    return "#".join((command.kind.value, *command.ids))


def tally_prefix(tally: TallyId) -> str:
    """What all steps of a tally begin with."""
    return "#".join((TALLY_PREFIX + tally.kind.value, *tally.ids, ""))


def tally_sk(tally: TallyId, number: int) -> str:
    """Fixed width, so that text order is the order of steps."""
    return f"{tally_prefix(tally)}{number:010d}"


def benefit_pk(benefit_id: str) -> str:
    """All versions of a benefit's definition."""
    return f"{BENEFIT_PREFIX}{benefit_id}"


def benefit_sk(version: int) -> str:
    """Fixed width, so that text order is version order."""
    return f"VERSION#{version:010d}"


def exercise_sk(benefit_id: str, number: int) -> str:
    """Not `EXERCISE#`, which is where the receipts of exercises lie."""
    return f"{EXERCISE_PREFIX}{benefit_id}#{number:010d}"


def categories_pk(month: str) -> str:
    """The register of a month's categories."""
    return f"{CATEGORIES_PREFIX}{month}"


def category_shard_pk(category: str, shard: int) -> str:
    """One of the partitions over which a category's purchases are spread."""
    return f"CATEGORY#{category}#shard{shard:02d}"


def card_shard_pk(card_id: str, shard: int) -> str:
    """One of the partitions over which a card's purchases are spread."""
    return f"CARD#{card_id}#shard{shard:02d}"
