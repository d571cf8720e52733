"""What only an administrator may do."""

from app.api.problems import FORBIDDEN, Problem
from app.api.services import Services


def check_administrator(services: Services) -> None:
    """Raises Problem FORBIDDEN. Nobody can show who they are yet, so it is a matter of where the service runs."""
    if not services.is_local:
        raise Problem(FORBIDDEN, "This needs an administrator.")
