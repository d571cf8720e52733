"""Who may call what: one table for all routes. A route without a row keeps the service from starting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

from app.api.route_tree import RouteTree
from app.domain.access import Principal, Rule, Scope

_PRIVILEGED = frozenset({Scope.AUDIT, Scope.ADMIN})
_USERS_PATH = "/users/{id}/"


@dataclass(frozen=True, slots=True)
class RouteAccess:
    """A rule and how it is kept. `inside`: whose it is shows only what is asked for, so users get as far as the
    endpoint, which calls `principals.check_owner`. `watched`: that an auditor or administrator read it leaves a row in
    the audit trail first."""

    rule: Rule
    inside: bool = False
    watched: bool = False


def _by(*scopes: Scope, own: bool = False, inside: bool = False, watched: bool = False) -> RouteAccess:
    return RouteAccess(Rule(own=own, scopes=frozenset(scopes)), inside, watched)


PUBLIC = RouteAccess(Rule(public=True))
KNOWN = RouteAccess(Rule(known=True))
_RECORDING = _by(Scope.RECORD, Scope.ADMIN)
_A_PURCHASE = _by(Scope.RECORD, Scope.ADMIN, Scope.AUDIT, own=True, inside=True, watched=True)
_OWN_READING = _by(Scope.AUDIT, Scope.ADMIN, own=True, watched=True)
_OWN_POINTS = _by(Scope.POINTS, Scope.ADMIN, own=True)
_POINTS = _by(Scope.POINTS, Scope.ADMIN)
_EVERYBODYS = _by(Scope.AUDIT, Scope.ADMIN, watched=True)
_A_CARD = _by(Scope.IDENTIFY, own=True, inside=True)
_OWN_PROFILE = _by(Scope.IDENTIFY, own=True)
_IDENTIFYING = _by(Scope.IDENTIFY)

TABLE: Mapping[str, RouteAccess] = {
    # For machines. What /metrics shows is about everybody: a scraper has a token.
    "GET /health/live": PUBLIC,
    "GET /health/ready": PUBLIC,
    "GET /metrics": _by(Scope.AUDIT, Scope.ADMIN),
    # Documentation, where it is there at all.
    "GET /docs": PUBLIC,
    "GET /docs/oauth2-redirect": PUBLIC,
    "GET /static-offline-docs/{file}": PUBLIC,
    "GET /openapi.json": PUBLIC,
    "GET /me": KNOWN,
    # Purchases.
    "POST /transactions": _RECORDING,
    "POST /transactions:batch": _RECORDING,
    "POST /transactions/{transactionId}/reversals": _RECORDING,
    "GET /transactions/{transactionId}": _A_PURCHASE,
    "GET /transactions/{transactionId}/explain": _A_PURCHASE,
    # A user's own.
    "GET /users/{id}/kickbacks": _OWN_READING,
    "GET /users/{id}/reports/{period}": _OWN_READING,
    "GET /users/{id}/balances": _OWN_READING,
    "GET /users/{id}/ledger": _OWN_READING,
    "GET /users/{id}/ledger/{type}/{version}/explain": _OWN_READING,
    "GET /users/{id}/lots": _OWN_READING,
    "GET /users/{id}/streaks": _OWN_READING,
    "GET /users/{id}/redemptions/{redemptionId}": _OWN_READING,
    "POST /users/{id}/redemptions": _OWN_POINTS,
    "POST /users/{id}/closure": _OWN_POINTS,
    # Not for users themselves: they could take points back after they got the reward, and say of themselves that they
    # used a benefit. Who hands out rewards and benefits calls these.
    "POST /users/{id}/redemptions/{redemptionId}/cancellations": _POINTS,
    "POST /users/{id}/benefits/{benefitId}/exercises": _POINTS,
    "POST /users/{id}/adjustments": _by(Scope.ADMIN),
    "PUT /benefits/{benefitId}": _by(Scope.ADMIN),
    "GET /benefits/{benefitId}": KNOWN,
    # Sums over many users. Rankings by user are for administrators, which only the parameter shows: see the endpoint.
    "GET /categories/{cat}/rankings": KNOWN,
    "GET /rankings/categories": KNOWN,
    "GET /rankings/cards": KNOWN,
    "GET /cards/{cardId}/efficiency": KNOWN,
    # Everybody's, with user ids in it.
    "GET /categories/{cat}/transactions": _EVERYBODYS,
    "GET /cards/{cardId}/transactions": _EVERYBODYS,
    "GET /journal/trial-balance": _EVERYBODYS,
    # The vault: users for themselves, and who is trusted to know who is who. Administrators are not.
    "POST /cards": _A_CARD,
    "GET /cards/{cardId}": _A_CARD,
    "POST /cards/{cardId}/detokenizations": _by(Scope.DETOKENIZE),
    "POST /identities": _IDENTIFYING,
    "POST /identities/searches": _IDENTIFYING,
    "GET /users/{id}/identity": _IDENTIFYING,
    "GET /users/{id}/profile": _OWN_PROFILE,
    "PUT /users/{id}/profile": _OWN_PROFILE,
    "POST /users/{id}/erasure": _IDENTIFYING,
    # The audit trail. The endpoint leaves the row that it was read, with what it was asked for.
    "GET /audit": _by(Scope.AUDIT),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """A row of the table at its route. `names` are those of the path's parameters, in order."""

    name: str
    route: BaseRoute
    access: RouteAccess
    names: tuple[str, ...]

    def allows(self, principal: Principal, values: Sequence[str]) -> bool:
        """`values` are the path's, in the order of `names`."""
        if self.access.inside and principal.user_id is not None:
            return True
        return self.access.rule.allows(principal, self._owner(values))

    def watches(self, principal: Principal, values: Sequence[str]) -> bool:
        """Whether it is a privileged read: of somebody who may, but whose it is not."""
        if not self.access.watched or principal.is_open or principal.scopes.isdisjoint(_PRIVILEGED):
            return False
        owner = self._owner(values)
        return owner is None or owner != principal.user_id

    def _owner(self, values: Sequence[str]) -> str | None:
        return values[0] if _USERS_PATH in self.name else None


def gates(routes: Sequence[BaseRoute], table: Mapping[str, RouteAccess] = TABLE) -> RouteTree[Gate]:
    """The table, by path. Raises RuntimeError for a route that has no row in it."""
    tree: RouteTree[Gate] = RouteTree()
    for route, methods, template, names in _templates(routes):
        for method in methods:
            # HEAD shows nothing that GET does not.
            name = f"{'GET' if method == 'HEAD' else method} {template}"
            if name not in table:
                raise RuntimeError(f"{name} has no row in the table of who may call what")
            tree.add(template, [method], Gate(name, route, table[name], names))
    return tree


def _templates(routes: Sequence[BaseRoute]) -> Iterable[tuple[BaseRoute, Iterable[str], str, tuple[str, ...]]]:
    """Route, methods, template and names of the path's parameters. Of what is mounted, the files right inside."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        if isinstance(route, Mount):
            yield route, ("GET", "HEAD"), f"{context.path}/{{file}}", ("file",)
        else:
            yield route, sorted(context.methods or ()), str(context.path), tuple(context.param_convertors)
