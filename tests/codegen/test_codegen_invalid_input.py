"""Documents and servers that are not as they should be: an error is one line, and what can be done is done."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from codegen.custom import GROUP, STRING, kind, paths
from kubex_codegen.__main__ import main

KINDS = "x-kubernetes-group-version-kind"


def deep(levels: int) -> dict[str, Any]:
    """Return lists in lists."""
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
    "deep schemas": (v2({"a.B": deep(300)}), "is nested more than 100 levels deep"),
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
    "nothing": (v2({}), "the document has no kinds"),
}


@pytest.mark.parametrize(("content", "message"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document_of_another_shape_is_an_error_of_one_line(
    content: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("openapi.json").write_bytes(content)
    assert main(["openapi.json", "-o", "models"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("kubex-codegen: error: ")
    assert message in line
    assert not Path("models").exists()


READ = f"apis/{GROUP}/v1"
DOWN = "apis/metrics.example.com/v1"
INDEX: dict[str, Any] = {"paths": {name: {"serverRelativeURL": f"/openapi/v3/{name}?hash=1"} for name in (READ, DOWN)}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "components": {"schemas": {"com.example.v1.Widget": kind("Widget", {"type": "object"})}},
    "paths": paths("Widget", "widgets"),
}


class Answers(BaseHTTPRequestHandler):
    """Answers with what its server has for a path."""

    def do_GET(self) -> None:
        answers: dict[str, bytes] = self.server.answers  # type: ignore[attr-defined]  # set by the fixture
        self.server.asked.append(self.path)  # type: ignore[attr-defined]  # set by the fixture
        body = answers.get(self.path)
        self.send_response(503 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Serve the documents of two groups, of which one is down, as the cluster of the current configuration."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        made: Any = server
        made.asked = []
        made.answers = {
            "/openapi/v3": json.dumps(INDEX).encode(),
            f"/openapi/v3/{READ}": json.dumps(DOCUMENT).encode(),
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


def test_a_group_is_read_alone(server: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--from-cluster", "--group", GROUP, "-o", "models"]) == 0
    assert server.asked == ["/openapi/v3", f"/openapi/v3/{READ}"]
    assert capsys.readouterr().err == ""
    assert Path("models/example_com/v1/_widget.py").exists()


@pytest.mark.usefixtures("server")
def test_a_group_that_cannot_be_read_is_left_out_unless_it_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--from-cluster", "--group", "metrics.example.com", "-o", "models"]) == 1
    assert "503" in capsys.readouterr().err
    assert not Path("models").exists()
    assert main(["--from-cluster", "-o", "models"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"kubex-codegen: warning: {DOWN} is left out: 503")
    assert Path("models/example_com/v1/_widget.py").exists()


@pytest.mark.usefixtures("server")
def test_what_was_made_of_a_group_stays_while_it_cannot_be_read() -> None:
    earlier = json.dumps(DOCUMENT).replace(GROUP, "metrics.example.com").replace("com.example.", "com.example.metrics.")
    Path("earlier.json").write_text(earlier)
    assert main(["earlier.json", "-o", "models"]) == 0
    assert main(["--from-cluster", "-o", "models"]) == 0
    assert Path("models/metrics_example_com/v1/_widget.py").exists()
    assert main(["--from-cluster", "--group", GROUP, "-o", "models"]) == 0
    assert not Path("models/metrics_example_com").exists()


def test_a_group_that_the_server_does_not_have_is_an_error(server: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--from-cluster", "--group", GROUP, "--group", "example.org", "-o", "m"]) == 1
    assert "no kind of example.org; its groups are example.com, metrics" in capsys.readouterr().err
    assert server.asked == ["/openapi/v3"]


@pytest.mark.parametrize("answer", [b"<html>hi</html>", b"{}", b'{"paths": {"api/v1": 1}}', b"[]"])
def test_an_answer_of_another_server_is_an_error_of_one_line(
    server: Any, answer: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers["/openapi/v3"] = answer
    assert main(["--from-cluster", "-o", "models"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("kubex-codegen: error: ")
    assert "/openapi/v3" in line
