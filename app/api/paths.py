"""Paths that stand apart from the others."""

RECORDING = "/transactions"
BATCH = "/transactions:batch"
DOCUMENTATION = "/docs"
DOCUMENTATION_FILES = "/static-offline-docs"
DESCRIPTION = "/openapi.json"


def is_health(path: str) -> bool:
    """What load balancers and orchestrators ask, whatever else there is to do."""
    return path.startswith("/health/")


def is_documentation(path: str) -> bool:
    """Pages for people, and their files."""
    return path.startswith((DOCUMENTATION, DOCUMENTATION_FILES, DESCRIPTION))
