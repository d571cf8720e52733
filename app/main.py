"""`uvicorn app.main:app`"""

from app.bootstrap import create_app
from app.logs import configure_logs
from app.settings import ServiceSettings

settings = ServiceSettings()
configure_logs()
app = create_app(settings)
