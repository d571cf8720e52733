"""What several parts are bound to: clocks, and what the settings say in the words of the domain."""

import time
from datetime import UTC, datetime

from app.crypto.pseudonyms import CursorCipher, KeyedPseudonyms
from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.ports.pseudonyms import Concealing, PlainPseudonyms, Pseudonyms
from app.settings import Settings
from app.store.client import ClientOptions


def now() -> datetime:
    """UTC."""
    return datetime.now(UTC)


def epoch_seconds() -> int:
    """Whole seconds since 1970."""
    return int(time.time())


def client_options(settings: Settings) -> ClientOptions:
    """Of the client for data."""
    return ClientOptions(
        region=settings.aws_region,
        connect_seconds=settings.database_connect_seconds,
        read_seconds=settings.database_read,
        call_seconds=settings.database_call,
        attempts=settings.database_attempts,
        connections=settings.database_connections,
        roles={settings.facts_table: "facts", settings.views_table: "views", settings.vault_table: "vault"},
    )


def validity(settings: Settings) -> dict[KickbackType, Validity]:
    """How long each type counts."""
    return {
        kind: Validity(
            days=getattr(settings, f"{kind.value.lower()}_validity_days"),
            months=getattr(settings, f"{kind.value.lower()}_validity_months"),
            until=getattr(settings, f"{kind.value.lower()}_validity_until"),
            round_up=getattr(settings, f"{kind.value.lower()}_validity_round_up"),
        )
        for kind in KickbackType
    }


def pseudonyms(settings: Settings) -> Pseudonyms:
    """Users' names in rankings; their ids on a developer's machine where no key is set."""
    return KeyedPseudonyms(settings.pseudonym_secret) if _has_pseudonym_key(settings) else PlainPseudonyms()


def concealing(settings: Settings) -> Concealing | None:
    """Of positions in cursors; None on a developer's machine where no key is set."""
    return CursorCipher(settings.pseudonym_secret) if _has_pseudonym_key(settings) else None


def _has_pseudonym_key(settings: Settings) -> bool:
    return bool(settings.pseudonym_key.get_secret_value())


def valuation(settings: Settings) -> dict[KickbackType, int]:
    """What one unit of each type is worth, in millionths of the currency's smallest unit."""
    return {
        KickbackType.POINT: settings.point_value_millionths,
        KickbackType.MILE: settings.mile_value_millionths,
        KickbackType.CASHBACK: settings.cashback_value_millionths,
    }
