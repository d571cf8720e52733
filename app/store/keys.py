"""Every key string there is.

PK                     SK                                    what
USER#{userId}          TRANSACTION#{date}#{transactionId}    a purchase
USER#{userId}          LEDGER#{type}#{version:010d}          a ledger entry
TXN#{transactionId}    TXN                                   the guard of a transaction id
CATEGORIES#{month}     {category}                            a category with purchases in that month

USER#{userId}          {COMMAND}#{ids}                       the receipt of a command
USER#{userId}          TALLY#{COMMAND}#{ids}#{number:010d}   how much has been undone, how often it was done
TXN#{transactionId}    REVERSAL#{reversalId} | TALLY#...     the same for reversals of a purchase

CategoryIndex  GSI1PK   CATEGORY#{category}#shard{NN}   GSI1SK    {date}
CardIndex      GSI2PK   CARD#{cardId}#shard{NN}         GSI2SK    {date}
LedgerIndex    ledgerPK LEDGER#{userId}#{type}          ledgerSK  {effectiveAt}#{version:010d}
DueIndex       duePK    DUE#{month}#shard{NN}           dueSK     {day}#{userId}#{type}#{version:010d}

No part can contain `#` (ids, categories and dates are checked before they come here), so no two different lists of
parts make the same key.
"""

from datetime import date

from app.domain.kickbacks import KickbackType
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
CATEGORIES_PREFIX = "CATEGORIES#"
# `$` is the character after `#`: everything that begins with TRANSACTION#{date}# sorts before TRANSACTION#{date}$.
_AFTER = "$"


def user_pk(user_id: str) -> str:
    """The partition of a user: purchases and ledger."""
    return f"USER#{user_id}"


def transaction_sk(day: date, transaction_id: str) -> str:
    """Date first, so that history is a range; the id makes it unique."""
    return transaction_sk_text(day.isoformat(), transaction_id)


def transaction_sk_text(day: str, transaction_id: str) -> str:
    """The same from a date that is text already."""
    return f"{TRANSACTION_PREFIX}{day}#{transaction_id}"


def transaction_range(dates: DateRange) -> tuple[str, str]:
    """The sort keys between which every purchase of the range lies, both days included."""
    first = dates.first.isoformat() if dates.first else "0"
    last = dates.last.isoformat() if dates.last else "9999-12-31"
    return f"{TRANSACTION_PREFIX}{first}", f"{TRANSACTION_PREFIX}{last}{_AFTER}"


def ledger_prefix(kind: KickbackType) -> str:
    """What all entries of one account begin with."""
    return f"{LEDGER_PREFIX}{kind.value}#"


def ledger_sk(kind: KickbackType, version: int) -> str:
    """Fixed width, so that text order is version order."""
    return f"{ledger_prefix(kind)}{version:010d}"


def ledger_index_pk(user_id: str, kind: KickbackType) -> str:
    """One account's entries, in the order in which they happened."""
    return f"{LEDGER_PREFIX}{user_id}#{kind.value}"


def ledger_index_sk(effective_at: str, version: int) -> str:
    """Instant first."""
    return f"{effective_at}#{version:010d}"


def due_pk(month: str, shard: int) -> str:
    """Accounts with something to expire in a month, one shard."""
    return f"DUE#{month}#shard{shard:02d}"


def due_sk(day: date, user_id: str, kind: KickbackType, version: int) -> str:
    """Day first."""
    return f"{day.isoformat()}#{user_id}#{kind.value}#{version:010d}"


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


def categories_pk(month: str) -> str:
    """The register of a month's categories."""
    return f"{CATEGORIES_PREFIX}{month}"


def category_shard_pk(category: str, shard: int) -> str:
    """One of the partitions over which a category's purchases are spread."""
    return f"CATEGORY#{category}#shard{shard:02d}"


def card_shard_pk(card_id: str, shard: int) -> str:
    """One of the partitions over which a card's purchases are spread."""
    return f"CARD#{card_id}#shard{shard:02d}"
