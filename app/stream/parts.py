"""What every host of the projector is given."""

from dataclasses import dataclass

from app.ports.projection import Projection
from app.ports.streams import Stream
from app.stream.handler import Handling


@dataclass(frozen=True, slots=True)
class ProjectorParts:
    """The stream, what is remembered of it, and how its records are counted."""

    stream: Stream
    projection: Projection
    handling: Handling
