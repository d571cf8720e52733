"""The real DynamoDB Local as a child process, for a laptop without Docker.

async with embedded_dynamodb(home=default_home(os.environ), data=None) as endpoint:
    client = session.client("dynamodb", endpoint_url=endpoint.url, ...)
"""

from app.embedded.distribution import ensure_distribution
from app.embedded.errors import DataInUse, DistributionError, EmbeddedError, StartFailed
from app.embedded.home import default_home
from app.embedded.process import Endpoint, embedded_dynamodb

__all__ = [
    "DataInUse",
    "DistributionError",
    "EmbeddedError",
    "Endpoint",
    "StartFailed",
    "default_home",
    "embedded_dynamodb",
    "ensure_distribution",
]
