"""Every setting, from environment variables. The SDK reads its own: region, endpoint, credentials."""

from app.settings.environment import Environment
from app.settings.security import Access, UserIds
from app.settings.service import LOCAL_CURSOR_KEY, Projector, ServiceSettings, Settings

__all__ = ["LOCAL_CURSOR_KEY", "Access", "Environment", "Projector", "ServiceSettings", "Settings", "UserIds"]
