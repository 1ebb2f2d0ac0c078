"""Validation of the probes of containers."""

from collections.abc import Iterator

from .json_types import JsonObject, array_at, is_integer, is_object
from .names import port_name_problems
from .status_causes import StatusCause, forbidden, invalid, not_supported, required

PORT_RANGE = "must be between 1 and 65535, inclusive"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_SCHEMES = ("HTTP", "HTTPS")
_COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def validate_probes(container: JsonObject, path: str) -> Iterator[StatusCause]:
    """Validate the three probes of a container with their defaults."""
    for name in _PROBES:
        if not is_object(probe := container.get(name)):
            continue
        yield from _validate_handlers(probe, f"{path}.{name}")
        for key in _COUNTS:
            if is_integer(value := probe.get(key)) and value < 0:
                yield invalid(f"{path}.{name}.{key}", value, "must be greater than or equal to 0")
        if name != "readinessProbe" and probe.get("successThreshold") != 1:
            yield invalid(f"{path}.{name}.successThreshold", probe.get("successThreshold"), "must be 1")


def _validate_handlers(probe: JsonObject, path: str) -> Iterator[StatusCause]:
    present = [name for name in _HANDLERS if probe.get(name) is not None]
    if not present:
        yield required(path, "must specify a handler type")
        return
    handler, field = probe[present[0]], f"{path}.{present[0]}"
    if present[0] == "exec":
        if not array_at(handler, "command"):
            yield required(f"{field}.command")
    else:
        if present[0] == "httpGet" and not handler.get("path"):
            yield required(f"{field}.path")
        yield from validate_port(handler.get("port"), f"{field}.port")
        if present[0] == "httpGet" and handler.get("scheme") not in _SCHEMES:
            yield not_supported(f"{field}.scheme", handler.get("scheme"), _SCHEMES)
    yield from (forbidden(f"{path}.{name}", "may not specify more than 1 handler type") for name in present[1:])


def validate_port(port: object, field: str) -> Iterator[StatusCause]:
    """Validate the number or the name of a port."""
    if isinstance(port, str):
        yield from (invalid(field, port, problem) for problem in port_name_problems(port))
    elif not (is_integer(port) and 1 <= port <= 65535):
        yield invalid(field, port or 0, PORT_RANGE)
