"""Invalid documents and servers cause one line errors, and unreadable groups are skipped."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from codegen.custom_resources import GROUP, STRING, kind, paths
from kubex_codegen.__main__ import main

KINDS = "x-kubernetes-group-version-kind"


def nested_lists(levels: int) -> dict[str, Any]:
    """Return nested lists."""
    schema: dict[str, Any] = STRING
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return schema


def v2(definitions: Any, **more: Any) -> bytes:
    return json.dumps({"swagger": "2.0", "definitions": definitions, "paths": {}, **more}).encode()


def v3(components: Any) -> bytes:
    return json.dumps({"openapi": "3.0.0", "components": components, "paths": {}}).encode()


DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "compressed badly": (b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 30, "cannot read openapi.json"),
    "cut off": (gzip.compress(v2({}))[:-9], "cannot read openapi.json"),
    "deep JSON": (b"[" * 100_000, "cannot read openapi.json"),
    "deep schemas": (v2({"a.B": nested_lists(300)}), "is nested more than 100 levels deep"),
    "no definitions": (v2(None), "openapi.json: schemas must be an object, not null"),
    "a list of definitions": (v2([]), "openapi.json: schemas must be an object, not a list"),
    "no components": (v3(None), "openapi.json: components must be an object, not null"),
    "no schemas": (v3({"schemas": None}), "openapi.json: schemas must be an object, not null"),
    "a text for a schema": (v2({"a.B": "text"}), "openapi.json: a.B must be an object, not a string"),
    "a text of version 3": (v3({"schemas": {"a.B": "text"}}), "openapi.json: a.B must be an object, not a string"),
    "a list of properties": (v2({"a.B": {"properties": []}}), "a.B.properties must be an object, not a list"),
    "a number for items": (
        v2({"a.B": {"properties": {"c": {"items": 1}}}}),
        "a.B.c.items must be an object, not a num",
    ),
    "required yes or no": (v2({"a.B": {"required": True}}), "a.B.required must be a list, not a boolean"),
    "one kind": (v2({"a.B": {KINDS: {"group": ""}}}), f"a.B.{KINDS} must be a list, not an object"),
    "no group": (v2({"a.B": {KINDS: [{"version": "v1", "kind": "B"}]}}), "must have a group, a version and a kind"),
    "a text for paths": (v2({}, paths="text"), "openapi.json: paths must be an object, not a string"),
    "no operations": (v2({}, paths={"/api": None}), "openapi.json: /api must be an object, not null"),
    "a kind of an operation": (
        v2({}, paths={"/api": {"get": {KINDS: []}}}),
        f"/api.get.{KINDS} must be an object, not a list",
    ),
    "nothing": (v2({}), "the document does not serve any kinds"),
}


@pytest.mark.parametrize(("content", "message"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_invalid_document_is_a_one_line_error(
    content: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("openapi.json").write_bytes(content)
    assert main(["openapi.json", "-o", "models"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("kubex-codegen: error: ")
    assert message in line
    assert not Path("models").exists()


READABLE_GROUP = f"apis/{GROUP}/v1"
UNAVAILABLE_GROUP = "apis/metrics.example.com/v1"
INDEX: dict[str, Any] = {
    "paths": {name: {"serverRelativeURL": f"/openapi/v3/{name}?hash=1"} for name in (READABLE_GROUP, UNAVAILABLE_GROUP)}
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "components": {"schemas": {"com.example.v1.Widget": kind("Widget", {"type": "object"})}},
    "paths": paths("Widget", "widgets"),
}


class DocumentHandler(BaseHTTPRequestHandler):
    """Respond with the documents of the server."""

    def do_GET(self) -> None:
        answers: dict[str, bytes] = self.server.answers  # type: ignore[attr-defined]  # set by the fixture
        self.server.asked.append(self.path)  # type: ignore[attr-defined]  # set by the fixture
        body = answers.get(self.path)
        self.send_response(503 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Do not log requests."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start a server with two groups, one of which is unavailable, and set it as the current cluster."""
    with ThreadingHTTPServer(("127.0.0.1", 0), DocumentHandler) as server:
        made: Any = server
        made.asked = []
        made.answers = {
            "/openapi/v3": json.dumps(INDEX).encode(),
            f"/openapi/v3/{READABLE_GROUP}": json.dumps(DOCUMENT).encode(),
        }
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        named = {"contexts": "context", "clusters": "cluster", "users": "user"}
        values = {
            "context": {"cluster": "c", "user": "c"},
            "cluster": {"server": f"http://127.0.0.1:{server.server_port}"},
            "user": {},
        }
        config = {key: [{"name": "c", one: values[one]}] for key, one in named.items()}
        (tmp_path / "config").write_text(json.dumps({"current-context": "c", **config}))
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
        monkeypatch.chdir(tmp_path)
        yield made
        server.shutdown()


def test_only_the_selected_group_is_read(server: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--from-cluster", "--group", GROUP, "-o", "models"]) == 0
    assert server.asked == ["/openapi/v3", f"/openapi/v3/{READABLE_GROUP}"]
    assert capsys.readouterr().err == ""
    assert Path("models/example_com/v1/_widget.py").exists()


@pytest.mark.usefixtures("server")
def test_unreadable_group_is_skipped_unless_it_was_selected(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--from-cluster", "--group", "metrics.example.com", "-o", "models"]) == 1
    assert "503" in capsys.readouterr().err
    assert not Path("models").exists()
    assert main(["--from-cluster", "-o", "models"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"kubex-codegen: warning: skipped {UNAVAILABLE_GROUP}: 503")
    assert Path("models/example_com/v1/_widget.py").exists()


@pytest.mark.usefixtures("server")
def test_modules_of_an_unreadable_group_are_kept() -> None:
    earlier = json.dumps(DOCUMENT).replace(GROUP, "metrics.example.com").replace("com.example.", "com.example.metrics.")
    Path("earlier.json").write_text(earlier)
    assert main(["earlier.json", "-o", "models"]) == 0
    assert main(["--from-cluster", "-o", "models"]) == 0
    assert Path("models/metrics_example_com/v1/_widget.py").exists()
    assert main(["--from-cluster", "--group", GROUP, "-o", "models"]) == 0
    assert not Path("models/metrics_example_com").exists()


def test_group_that_the_server_does_not_serve_is_an_error(server: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--from-cluster", "--group", GROUP, "--group", "example.org", "-o", "m"]) == 1
    assert "does not serve example.org; its groups are example.com, metrics" in capsys.readouterr().err
    assert server.asked == ["/openapi/v3"]


@pytest.mark.parametrize("answer", [b"<html>hi</html>", b"{}", b'{"paths": {"api/v1": 1}}', b"[]"])
def test_response_of_a_server_that_is_not_kubernetes_is_a_one_line_error(
    server: Any, answer: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers["/openapi/v3"] = answer
    assert main(["--from-cluster", "-o", "models"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("kubex-codegen: error: ")
    assert "/openapi/v3" in line
