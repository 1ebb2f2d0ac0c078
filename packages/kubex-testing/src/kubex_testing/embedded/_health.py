"""The health endpoints.

See https://kubernetes.io/docs/reference/using-api/health-checks/.
"""

import json

from ._messages import RecordedRequest, Response, plain_text_response

# The checks of kube-apiserver that do not depend on how it starts. They always succeed.
_CHECKS = {
    "healthz": ("ping", "log", "etcd"),
    "livez": ("ping", "log", "etcd"),
    "readyz": ("ping", "log", "etcd", "etcd-readiness", "informer-sync", "shutdown"),
}
HEALTH_ENDPOINTS = frozenset(_CHECKS)


def check_health(request: RecordedRequest) -> Response | None:
    """Handle `/livez`, `/livez/CHECK` and the like. Returns None for other paths."""
    match request.segments():
        case [endpoint] if endpoint in _CHECKS:
            verbose = "verbose" in request.query
            return plain_text_response(200, _report(endpoint, request.query.get("exclude", [])) if verbose else "ok")
        case [endpoint, check] if check in _CHECKS.get(endpoint, ()):
            return plain_text_response(200, "ok")
        case _:
            return None


def _report(endpoint: str, excluded: list[str]) -> str:
    checks = _CHECKS[endpoint]
    lines = [f"[+]{check} excluded: ok" if check in excluded else f"[+]{check} ok" for check in checks]
    if unknown := [json.dumps(check, ensure_ascii=False) for check in excluded if check not in checks]:
        lines.append(f"warn: some health checks cannot be excluded: no matches for {', '.join(unknown)}")
    return "\n".join([*lines, f"{endpoint} check passed\n"])
