"""The responses of /openapi/v3 and /openapi/v2."""

import gzip
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from support.protobuf_wire import read_fields, text_at, values_at

APPS = "/openapi/v3/apis/apps/v1"
JSON = "application/json"
REQUESTED_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
METHODS = {2: "get", 3: "put", 4: "post", 5: "delete", 6: "options", 7: "head", 8: "patch"}


def url_of(client: Any, name: str) -> str:
    """Return the URL of a document in the index."""
    url: str = client.request("GET", "/openapi/v3").document["paths"][name]["serverRelativeURL"]
    return url


def test_index_contains_the_url_of_each_group_version(client: Any) -> None:
    response = client.request("GET", "/openapi/v3")
    assert response.status == 200
    assert response.header("Content-Type") == "text/plain; charset=utf-8"
    paths = response.document["paths"]
    assert paths["api/v1"]["serverRelativeURL"].startswith("/openapi/v3/api/v1?hash=")
    assert paths["apis/apps/v1"]["serverRelativeURL"].startswith(f"{APPS}?hash=")


def test_document_with_the_right_hash_may_be_cached(client: Any) -> None:
    url = url_of(client, "apis/apps/v1")
    response = client.request("GET", url)
    assert response.status == 200
    assert response.header("Content-Type") == JSON
    assert response.header("Cache-Control") == "public, immutable"
    assert response.header("Expires")
    assert response.header("ETag") == f'"{url.partition("=")[2]}"'
    assert response.document["openapi"] == "3.0.0"


def test_document_without_a_hash_is_not_cached(client: Any) -> None:
    response = client.request("GET", APPS)
    assert (response.status, response.header("Cache-Control")) == (200, "no-cache, private")
    assert response.header("Vary") == "Accept"


def test_wrong_hash_redirects_to_the_right_one(client: Any) -> None:
    response = client.request("GET", f"{APPS}?hash=ABC")
    assert (response.status, response.body) == (301, b"")
    assert response.header("Location") == url_of(client, "apis/apps/v1")


@pytest.mark.parametrize("url", [APPS, "/openapi/v2"])
def test_known_etag_is_not_sent_again(client: Any, url: str) -> None:
    etag = client.request("GET", url).header("ETag")
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        response = client.request("GET", url, headers=(("If-None-Match", known),))
        assert (response.status, response.body, response.header("ETag")) == (304, b"", etag)
        assert response.header("Content-Type") is None
    assert client.request("GET", url, headers=(("If-None-Match", '"other"'),)).status == 200


@pytest.mark.parametrize("url", ["/openapi/v3", APPS, "/openapi/v2"])
def test_any_method_returns_the_document(client: Any, url: str) -> None:
    expected = client.request("GET", url)
    assert client.request("POST", url, {}).body == expected.body
    assert client.request("DELETE", url).body == expected.body
    head = client.request("HEAD", url)
    assert (head.status, head.body, head.header("Content-Length")) == (200, b"", str(len(expected.body)))


@pytest.mark.parametrize("path", ["apis/nope/v1", "apis/apps/v9", "nope", ""])
def test_unknown_document_is_an_empty_404(client: Any, path: str) -> None:
    response = client.request("GET", f"/openapi/v3/{path}")
    assert (response.status, response.body) == (404, b"")


@pytest.mark.parametrize("path", ["/openapi", "/openapi/v4", "/openapi/v2/", "/openapi/v2/more", "/openapis"])
def test_unknown_path_is_404(client: Any, path: str) -> None:
    response = client.request("GET", path)
    assert (response.status, response.body) == (404, b"404 page not found\n")


@pytest.mark.parametrize("accept", ["text/html", "application/yaml"])
@pytest.mark.parametrize("url", [APPS, f"{APPS}?hash=ABC", "/openapi/v2"])
def test_unsupported_media_type_is_an_empty_406(client: Any, url: str, accept: str) -> None:
    response = client.request("GET", url, accept=accept)
    assert (response.status, response.body) == (406, b"")
    assert ("Vary", "Accept") in [(name.title(), value) for name, value in response.headers]


def test_index_ignores_the_accept_header(client: Any) -> None:
    assert client.request("GET", "/openapi/v3", accept="text/html").status == 200


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, JSON),
        ("application/*", JSON),
        ("text/html, */*;q=0.1", JSON),
        (REQUESTED_PROTOBUF, PROTOBUF),
        (PROTOBUF, PROTOBUF),
        (f"{JSON};q=0.1, {REQUESTED_PROTOBUF}", PROTOBUF),
    ],
)
def test_v2_document_has_the_requested_format(client: Any, accept: str | None, content_type: str) -> None:
    response = client.request("GET", "/openapi/v2", accept=accept)
    assert (response.status, response.header("Content-Type")) == (200, content_type)


def test_v2_document_is_compressed_for_clients_that_accept_gzip(client: Any) -> None:
    headers = (("Accept-Encoding", "gzip"),)
    for accept in (JSON, REQUESTED_PROTOBUF):
        plain = client.request("GET", "/openapi/v2", accept=accept)
        response = client.request("GET", "/openapi/v2", accept=accept, headers=headers)
        assert response.header("Content-Encoding") == "gzip"
        assert gzip.decompress(response.body) == plain.body
    assert client.request("GET", APPS, headers=headers).header("Content-Encoding") is None


def test_anonymous_users_may_not_read_the_documents(client: Any) -> None:
    for url in ("/openapi/v3", APPS, "/openapi/v2"):
        response = client.request("GET", url, anonymous=True)
        assert (response.status, response.reason) == (403, "Forbidden")


def test_protobuf_document_has_the_content_of_the_json_document(client: Any) -> None:
    expected = client.request("GET", "/openapi/v2").document
    message = client.request("GET", "/openapi/v2", accept=REQUESTED_PROTOBUF).body
    assert text_at(message, 1) == "2.0"
    assert [text_at(message, 2, 1), text_at(message, 2, 2)] == list(expected["info"].values())
    definitions = {text_at(entry, 1): values_at(entry, 2)[0] for entry in values_at(message, 9, 1)}
    builtin = {name for name in expected["definitions"] if name.startswith("io.k8s.")}
    assert {name for name in definitions if name.startswith("io.k8s.")} == builtin
    for name in builtin:
        assert schema_of(definitions[name]) == comparable(expected["definitions"][name]), name
    paths = {text_at(entry, 1): values_at(entry, 2)[0] for entry in values_at(message, 8, 2)}
    builtin = {path for path in expected["paths"] if is_builtin(path)}
    assert {path for path in paths if is_builtin(path)} == builtin
    for path in builtin:
        item = expected["paths"][path]
        assert dict(operations_of(paths[path])) == {
            method: extensions(operation) for method, operation in item.items() if method != "parameters"
        }, path


def is_builtin(path: str) -> bool:
    """Return whether a path belongs to a group without a domain, or to one of Kubernetes.

    Paths of custom resources are not compared: another test may change them between the two requests.
    """
    group = path.removeprefix("/apis/").partition("/")[0] if path.startswith("/apis/") else ""
    return "." not in group or group.endswith(".k8s.io")


def schema_of(message: bytes) -> dict[str, Any]:
    """Return the comparable part of a schema in a message."""
    schema: dict[str, Any] = extensions_of(message, 31)
    for number, key in ((1, "$ref"), (2, "format")):
        schema.update((key, value.decode()) for value in values_at(message, number))
    schema.update(("type", value.decode()) for value in values_at(message, 22, 1))
    if required := values_at(message, 19):
        schema["required"] = [value.decode() for value in required]
    schema.update(("items", schema_of(value)) for value in values_at(message, 23, 1))
    schema.update(("additionalProperties", schema_of(value)) for value in values_at(message, 21, 1))
    if properties := values_at(message, 25, 1):
        schema["properties"] = {text_at(entry, 1): schema_of(values_at(entry, 2)[0]) for entry in properties}
    return schema


def comparable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a schema that `schema_of` reads."""
    found = {key: value for key, value in schema.items() if key in ("$ref", "format", "type", "required")}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            found[key] = comparable(schema[key])
    if schema.get("properties"):
        found["properties"] = {key: comparable(value) for key, value in schema["properties"].items()}
    return {**found, **extensions(schema)}


def operations_of(message: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, value in read_fields(message):
        if number in METHODS and isinstance(value, bytes):
            yield METHODS[number], extensions_of(value, 13)


def extensions_of(message: bytes, number: int) -> dict[str, Any]:
    entries = values_at(message, number)
    return {text_at(entry, 1): yaml.safe_load(text_at(entry, 2, 2)) for entry in entries}


def extensions(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key.startswith("x-")}


def test_server_imports_the_code_with_the_first_request() -> None:
    program = """
import sys, urllib.request
from kubex_testing.embedded import EmbeddedServer

def is_imported():
    return "kubex_testing.embedded._openapi.service" in sys.modules

with EmbeddedServer(tls=False) as handle:
    before = is_imported()
    headers = {"Authorization": f"Bearer {handle.token}"}
    urllib.request.urlopen(urllib.request.Request(f"{handle.url}/openapi/v3", headers=headers)).read()
    print(before, is_imported())
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("False True\n", "")
