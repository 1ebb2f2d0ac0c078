"""Custom resources: nested schemas, Kubernetes extensions, and conflicting names."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codegen.custom_resources import DOCUMENT, GROUP
from kubex.models import ALL_VERBS, ClusterResource, Model, NamespacedResource
from kubex.models.markers import HasScale, HasStatus
from kubex_codegen import Options, generate, parse_document
from kubex_codegen.__main__ import main
from support.openapi_documents import ROOT

PACKAGE = "kubex_test_models"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the package with the command."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    assert main([str(folder / "openapi.json"), "-o", str(folder), "--package", PACKAGE, "--group", GROUP]) == 0
    return folder


@pytest.fixture
def models(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Import the generated package of the group."""
    monkeypatch.syspath_prepend(str(folder))
    yield importlib.import_module(f"{PACKAGE}.example_com.v1")
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_kind_has_its_path_and_its_subresources(models: Any) -> None:
    resource = models.Widget.__resource__
    assert (resource.group, resource.version, resource.kind, resource.plural) == (GROUP, "v1", "Widget", "widgets")
    assert resource.subresources == {"status", "scale"}
    assert resource.verbs == ALL_VERBS
    assert issubclass(models.Widget, NamespacedResource | HasStatus | HasScale)
    assert issubclass(models.Model, ClusterResource)


def test_problematic_names_and_types_round_trip_unchanged(models: Any) -> None:
    spec = {
        "size": 3,
        "maybe": "yes",
        "parts": [{"from": "here", "fooURL": "http://x", "unknown": 1}],
        "port": "50%",
        "template": {"kind": "Pod", "spec": {"a": [1]}},
        "free": [{"anything": 1}],
        "kept": {"a": "b", "c": {"d": 1}},
        "since": "2026-01-02T03:04:05.678901Z",
        "labels": {"a": "b"},
        "limits": {"cpu": {"max": "1"}},
        "matrix": [[1.5, 1, 1.0, 9007199254740993], []],
        "global": True,
        "list": ["a"],
        "dict": {"b": 2},
        "snake_case": "s",
        "x-dashed": "d",
        "modes": ["A", "of a later version"],
    }
    wanted = {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": spec,
        "status": {"x": 1},
    }
    widget = models.Widget.model_validate_json(json.dumps(wanted))
    assert widget.to_dict() == wanted
    assert json.loads(widget.to_json()) == wanted
    assert b"[[1.5,1,1.0,9007199254740993],[]]" in widget.to_json(), "1 and 1.0 are equal, but no server takes them so"
    part = widget.spec.parts[0]
    assert (part.from_, part.foo_url, widget.spec.global_, widget.spec.dict_) == ("here", "http://x", True, {"b": 2})
    assert models.Widget(metadata={"name": "w"}, spec=spec, status={"x": 1}) == widget


def test_required_list_sent_as_null_is_decoded_as_empty(models: Any) -> None:
    read = models.Widget.model_validate_json(b'{"spec": {"size": 1, "parts": null, "maybe": null}}')
    assert (read.spec.parts, read.spec.maybe) == ([], None)


def test_kinds_with_the_names_of_base_classes_are_generated(models: Any) -> None:
    assert issubclass(models.Model, Model)
    assert models.Model is not Model
    assert models.Resource.__resource__.plural == "resources"
    assert models.WidgetSpec.__resource__.plural == "widgetspecs"
    assert models.Widget.model_fields["spec"].annotation.__name__ == "WidgetSpec2"


def test_descriptions_are_docstrings(folder: Path) -> None:
    text = (folder / PACKAGE / "example_com" / "v1" / "_widget.py").read_text()
    assert '    size: int\n    """How big it is."""\n' in text
    assert '    """A Widget "quoted"\\\\ and\n\n    with paragraphs.\n    """\n' in text


def test_custom_resource_does_not_link_to_the_api_reference() -> None:
    files = generate(parse_document(DOCUMENT, "custom"), Options(reference="1.37"))
    assert "A Widget" in files["example_com/v1/_widget.py"]
    assert not [path for path, text in files.items() if "kubernetes.io" in text]


def test_generated_code_is_formatted_and_passes_both_type_checkers(folder: Path) -> None:
    package = str(folder / PACKAGE)
    for command in (
        ("ruff", "format", "--check", "--no-cache", "--config", "line-length = 120", package),
        ("mypy", "--strict", "--cache-dir", ".mypy_cache", package),
        ("pyright", "--pythonpath", sys.executable, package),
    ):
        done = subprocess.run((sys.executable, "-m", *command), cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "pass either a file or --from-cluster"),
        (["openapi.json", "--from-cluster"], "pass either a file or --from-cluster"),
        (["openapi.json", "--context", "c"], "--context requires --from-cluster"),
        (["openapi.json", "--package", "a-b"], "is not a valid package name"),
    ],
)
def test_wrong_usage_exits_with_2_and_a_message(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "-o", "models"])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_failure_is_a_one_line_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "absent.json"), "-o", str(tmp_path / "models")]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("kubex-codegen: error: cannot read ")
    assert "absent.json" in printed
    assert not (tmp_path / "models").exists()
