"""The composition root: the only place that knows which class stands behind which port."""

from app.bootstrap.application import create_app
from app.bootstrap.projector import open_projector, run_projector
from app.bootstrap.services import build_services

__all__ = ["build_services", "create_app", "open_projector", "run_projector"]
