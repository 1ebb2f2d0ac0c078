"""Generated code for extreme custom resources is valid, formatted and typed, and keeps all names."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.edge_cases import DOCUMENT, KIND, NAMES, SPEC
from kubex_codegen import generate, parse_document, write_files
from support.openapi_documents import ROOT

PACKAGE = "kubex_edge_case_models"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the package."""
    folder = tmp_path_factory.mktemp("edge-cases")
    write_files(generate(parse_document(DOCUMENT, "edge cases")), folder / PACKAGE)
    return folder


@pytest.fixture
def models(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Import the generated package of the group."""
    monkeypatch.syspath_prepend(str(folder))
    yield importlib.import_module(f"{PACKAGE}.example_com.v1")
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "format", "--check", "--no-cache", "--isolated", "--line-length=120"),
        ("ruff", "check", "--no-cache", "--isolated", "--line-length=120", "--select=E,W,F,I,UP,B,PIE,PLE,RUF100"),
        ("mypy", "--strict", "--cache-dir=.mypy_cache"),
        ("pyright", "--pythonpath", sys.executable),
    ],
    ids=lambda command: "-".join(command[:2]),
)
@pytest.mark.timeout(300)
def test_generated_code_is_formatted_linted_and_typed(folder: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        (sys.executable, "-m", *command, str(folder / PACKAGE)), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_field_names_keep_their_values(models: Any) -> None:
    spec = {name: f"value {number}" for number, name in enumerate(NAMES)}
    long = next(iter(SPEC["required"]))
    wanted = {
        "apiVersion": "example.com/v1",
        "kind": "Nasty",
        "metadata": {"name": "n"},
        "spec": {**spec, long: [[{"rows1": []}]], "port": "50%", "either": 1, "mode": "later", "defaults": {"x": 2}},
    }
    read = models.Nasty.model_validate_json(json.dumps(wanted))
    assert read.to_dict() == wanted
    assert read.spec.class_ == spec["class"]
    assert not read.spec.__pydantic_extra__


def test_all_kinds_keep_their_names_on_the_server(models: Any) -> None:
    made = {"str": "Str", "class": "Class", "None": "None_", "My-Kind": "MyKind", "Any": "Any", KIND: KIND}
    for kind, name in made.items():
        assert getattr(models, name).__resource__.kind == kind
        assert getattr(models, name).model_validate({"spec": {"b": None}}).spec.b == []


def test_generated_code_contains_only_printable_characters(folder: Path) -> None:
    for path in (folder / PACKAGE).rglob("*.py"):
        assert path.read_text(encoding="utf-8").replace("\n", "").isprintable(), path
