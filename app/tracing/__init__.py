"""What is told to an OpenTelemetry collector: traces of requests and of a projector's batches, and the metrics.

Nothing of OpenTelemetry is loaded before the settings name a collector.
"""

from app.tracing.opening import open_tracing

__all__ = ["open_tracing"]
