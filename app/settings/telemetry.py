"""Settings of what is told to an OpenTelemetry collector. Names that OpenTelemetry has are used as they are."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.settings.urls import is_secure


def _endpoint(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https address without a query")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a password: OTEL_EXPORTER_OTLP_HEADERS are for that")
    return url.rstrip("/")


class TelemetrySettings(BaseSettings):
    """Part of Settings."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    otel_exporter_otlp_endpoint: Annotated[str, AfterValidator(_endpoint)] | None = None
    """Where a collector takes OTLP over HTTP, like `http://localhost:4318`: traces are sent to `/v1/traces` there and
    metrics to `/v1/metrics`. Without it nothing is traced or sent, and nothing of OpenTelemetry is loaded."""
    otel_sdk_disabled: bool = False
    """Sends nothing all the same."""
    otel_exporter_otlp_protocol: Literal["http/protobuf"] = "http/protobuf"
    """The only protocol there is."""
    otel_exporter_otlp_headers: SecretStr = SecretStr("")
    """Sent along, as `name=value,name=value`: a collector's key, for example."""
    otel_service_name: Annotated[str, Field(min_length=1, max_length=128)] = "kickbacks"
    """What the collector is to call this service."""
    otel_metric_export_interval: Annotated[int, Field(ge=1_000, le=3_600_000)] = 60_000
    """Milliseconds between two times that the metrics are sent."""
    trace_sample_millionths: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """Of a million traces, how many are kept at most; what a caller does not trace (by its `traceparent`) never is.
    Without it 10000, or all with ENVIRONMENT=local."""

    @model_validator(mode="after")
    def _keys_are_sent_where_nobody_reads_them(self) -> "TelemetrySettings":
        endpoint = self.otel_exporter_otlp_endpoint
        if (
            endpoint
            and self.otel_exporter_otlp_headers.get_secret_value()
            and not is_secure(endpoint, or_loopback=True)
        ):
            raise ValueError("OTEL_EXPORTER_OTLP_ENDPOINT must be an https address with OTEL_EXPORTER_OTLP_HEADERS")
        return self
