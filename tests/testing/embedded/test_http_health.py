"""The health endpoints."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    "path", ["/healthz", "/livez", "/readyz", "/livez/ping", "/livez/etcd", "/readyz/informer-sync"]
)
def test_health_endpoint_returns_ok(client: Any, path: str) -> None:
    response = client.request("GET", path)
    assert (response.status, response.body) == (200, b"ok")


@pytest.mark.parametrize("path", ["/livez/informer-sync", "/livez/etcd/x", "/readyz/missing"])
def test_missing_check_is_not_found(client: Any, path: str) -> None:
    assert client.request("GET", path).status == 404


def test_verbose_response_lists_the_checks_and_those_that_are_excluded(client: Any) -> None:
    lines = client.request("GET", "/readyz?verbose&exclude=etcd&exclude=missing").body.decode().splitlines()
    assert lines[:5] == [
        "[+]ping ok",
        "[+]log ok",
        "[+]etcd excluded: ok",
        "[+]etcd-readiness ok",
        "[+]informer-sync ok",
    ]
    assert lines[-2:] == [
        'warn: some health checks cannot be excluded: no matches for "missing"',
        "readyz check passed",
    ]
