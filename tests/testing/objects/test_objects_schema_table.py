"""The committed table of schemas, compared with the OpenAPI document of kube-apiserver and the types of Go."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from kubex_testing import ServerHandle
from kubex_testing._objects.empty_objects import read_zero_fields
from kubex_testing._objects.schema import read_schema_table
from kubex_testing._objects.schema_table import table_from_openapi, zero_fields_table
from kubex_testing._pki import Identity, client_context
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable
from support.go_objects import run_program


@pytest.fixture(scope="module")
def handle() -> Iterator[ServerHandle]:
    """Start an API server for this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("USE_EXISTING_CLUSTER", raising=False)
        control_plane = ControlPlane(controller_manager=False)
        try:
            started = control_plane.start()
        except ControlPlaneUnavailable as error:
            pytest.skip(str(error))
    try:
        yield started
    finally:
        control_plane.stop()


def fetch(handle: ServerHandle, path: str) -> Any:
    """Get a JSON document as the administrator."""
    assert handle.client_cert_pem is not None
    assert handle.client_key_pem is not None
    context = client_context(handle.ca_pem, Identity(handle.client_cert_pem, handle.client_key_pem))
    connection = http.client.HTTPSConnection(urlsplit(handle.url).netloc, timeout=30, context=context)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def test_committed_table_matches_the_openapi_document_of_the_server(handle: ServerHandle) -> None:
    fields = json.loads(run_program("fields"))
    made = table_from_openapi(fetch(handle, "/openapi/v2"), fields).decode().splitlines()
    version = fetch(handle, "/version")["gitVersion"]
    differing = [line for line in read_schema_table().decode().splitlines() if line not in made]
    remedy = f"run tools/generate_schema_table.py of kubex-testing with the types of Kubernetes {version}"
    assert not differing, f"the table does not fit Kubernetes {version}: {remedy}"
    assert len(made) == len(read_schema_table().splitlines())


def test_committed_zero_values_match_the_types_of_go() -> None:
    zeros = json.loads(run_program("zeros"))
    remedy = "run tools/generate_schema_table.py of kubex-testing"
    assert zero_fields_table(read_schema_table(), zeros) == read_zero_fields(), remedy
