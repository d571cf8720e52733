"""What the routes call: use cases with their ports bound. Made once, at start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request

from app.api.cursors import Cursors
from app.api.transaction_body import PurchaseRules
from app.commands.posting import Posting
from app.commands.record_batch import BatchLimits
from app.commands.record_group import Recording
from app.commands.vaulting import Vaulting
from app.domain.decisions.claw_back import ClawbackPolicy
from app.ports.audit import AuditRows, AuditTrail
from app.ports.benefits import Benefits
from app.ports.identity import Identity
from app.ports.kickbacks import Kickbacks
from app.ports.ledger import Ledger
from app.ports.pseudonyms import Pseudonyms
from app.ports.timelines import Timelines
from app.ports.transactions import Transactions
from app.ports.vault import Vault
from app.ports.views import Views
from app.queries.freshness import Freshness
from app.queries.rankings import LiveSource
from app.queries.standings import Standings


@dataclass(frozen=True, slots=True)
class Services:
    """One for the process."""

    transactions: Transactions
    kickbacks: Kickbacks
    timelines: Timelines
    recording: Recording
    ledger: Ledger
    standings: Standings
    posting: Posting
    benefits: Benefits
    clawback_policy: ClawbackPolicy
    batch: BatchLimits
    batch_window: int
    live: LiveSource
    views: Views
    freshness: Freshness
    low_sample_purchases: int
    min_group_members: int
    purchases: PurchaseRules
    cursors: Cursors
    currency: str
    identity: Identity
    pseudonyms: Pseudonyms
    trail: AuditTrail
    vault: Vault
    vaulting: Vaulting
    audit_rows: AuditRows
    is_reachable: Callable[[], Awaitable[bool]]


async def services_of(request: Request) -> Services:
    """Dependency: the process's services. (A coroutine: FastAPI runs plain functions in a thread.)"""
    services: Services = request.app.state.services
    return services
