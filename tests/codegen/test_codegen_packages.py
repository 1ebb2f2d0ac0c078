"""The packages of this workspace match the output of the generator."""

import gzip
import json
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kubex_codegen import CodegenError, Options, generate, parse_document, read_document, write_files
from kubex_codegen._strip_document import strip_document
from support.openapi_documents import ROOT, VERSIONS, document, input_path, model_class, package_folder


def read_files(folder: Path) -> dict[str, str]:
    """Return the files of a package."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


@pytest.mark.parametrize("version", VERSIONS)
def test_generating_again_produces_the_same_bytes(version: str) -> None:
    options = Options(descriptions=False, reference=version)
    assert generate(document(version), options) == read_files(package_folder(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_inputs_are_stripped_of_descriptions(version: str) -> None:
    data = input_path(version).read_bytes()
    content = json.loads(gzip.decompress(data))
    assert data[4:8] == bytes(4), "the time of compression would change the bytes"
    assert b'"description":"' not in gzip.decompress(data)
    assert strip_document(content) == content


def test_generated_code_is_formatted_and_passes_ruff() -> None:
    folder = package_folder("1.37")
    for command in (("format", "--check"), ("check",)):
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", str(folder)]
        done = subprocess.run(ruff, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_ruff_settings_of_the_user_do_not_change_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = Options(descriptions=False, groups=frozenset({"apps"}))
    expected = generate(document("1.37"), options)
    (tmp_path / "ruff.toml").write_text("line-length = 40\n[format]\nquote-style = 'single'\n")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert generate(document("1.37"), options) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_ruff_failure_is_reported_with_its_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho no module named ruff >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(CodegenError, match=r"^ruff check failed: no module named ruff$"):
        generate(document("1.37"), Options(groups=frozenset({"apps"})))


def test_classes_link_to_their_section_of_the_api_reference() -> None:
    base = "https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#"
    for schema, anchor in {
        "io.k8s.api.core.v1.Pod": "pod-v1-core",
        "io.k8s.api.core.v1.PodSpec": "podspec-v1-core",
        "io.k8s.api.rbac.v1.PolicyRule": "policyrule-v1-rbac-authorization-k8s-io",
        "io.k8s.api.policy.v1.Eviction": "eviction-v1-policy",
        "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector": "labelselector-v1-meta",
        "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService": "apiservice-v1-apiregistration-k8s-io",
    }.items():
        assert model_class("1.37", schema).__doc__.split() == ["See", f"{base}{anchor}."]


def test_order_of_a_document_does_not_change_the_code() -> None:
    content = json.loads(gzip.decompress(input_path("1.37").read_bytes()))
    shuffled = {key: content[key] for key in reversed(content)}
    shuffled["definitions"] = {name: content["definitions"][name] for name in reversed(content["definitions"])}
    shuffled["paths"] = {name: content["paths"][name] for name in reversed(content["paths"])}
    options = Options(descriptions=False, groups=frozenset({"apps", "batch"}))
    assert generate(parse_document(shuffled, "shuffled"), options) == generate(document("1.37"), options)


def test_writing_removes_generated_modules_of_an_earlier_run_and_keeps_other_files(tmp_path: Path) -> None:
    write_files(generate(document("1.37"), Options(groups=frozenset({"apps", "batch"}))), tmp_path)
    assert (tmp_path / "batch" / "v1" / "_job.py").exists()
    (tmp_path / "batch" / "v1" / "__pycache__").mkdir()
    (tmp_path / "mine.py").write_text("# by hand\n")
    write_files(generate(document("1.37"), Options(groups=frozenset({"apps"}))), tmp_path)
    assert not (tmp_path / "batch").exists()
    assert (tmp_path / "apps" / "v1" / "__init__.py").exists()
    assert (tmp_path / "mine.py").exists()


def test_file_that_was_not_generated_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text('"""Mine."""\n')
    with pytest.raises(CodegenError, match=r"__init__\.py was not generated by kubex-codegen"):
        write_files(generate(document("1.37"), Options(groups=frozenset({"apps"}))), tmp_path)
    assert (tmp_path / "__init__.py").read_text() == '"""Mine."""\n'
    assert list(tmp_path.iterdir()) == [tmp_path / "__init__.py"]


def test_separate_package_below_the_folder_is_unchanged(tmp_path: Path) -> None:
    apps = generate(document("1.37"), Options(groups=frozenset({"apps"})))
    write_files(apps, tmp_path / "models")
    write_files(generate(document("1.37"), Options(groups=frozenset({"batch"}))), tmp_path)
    assert {path for path in apps if not (tmp_path / "models" / path).exists()} == set()
    assert (tmp_path / "batch" / "v1" / "_job.py").exists()


@pytest.mark.parametrize("folder", ["file", "file/models"])
def test_unwritable_folder_is_named_in_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(CodegenError, match=rf"^cannot write {folder}.*: .+; select a writable folder$"):
        write_files(generate(document("1.37"), Options(groups=frozenset({"apps"}))), Path(folder))


@pytest.mark.parametrize("groups", [{"example.com"}, {"apps", "example.com"}])
def test_missing_group_is_an_error_that_lists_the_served_groups(groups: set[str]) -> None:
    with pytest.raises(CodegenError, match=r"does not serve example\.com; its groups are .*apps"):
        generate(document("1.37"), Options(groups=frozenset(groups)))


@pytest.mark.parametrize("content", ["[]", "{}", '{"a": {"b": 1}}', "{", ""])
def test_invalid_document_is_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(content)
    with pytest.raises(CodegenError, match=r"openapi\.json"):
        read_document(path)


def test_index_of_kinds_keeps_the_kinds_of_groups_that_could_not_be_read(tmp_path: Path) -> None:
    def run(*groups: str, remove: bool = False) -> dict[str, str]:
        files = generate(document("1.37"), Options(descriptions=False, groups=frozenset(groups)))
        write_files(files, tmp_path, remove=remove)
        found: dict[str, str] = runpy.run_path(str(tmp_path / "_kinds.py"))["KINDS"]
        return found

    apps, batch = run("apps"), run("batch", remove=True)
    assert (apps["apps/v1/Deployment"], sorted(batch)) == ("apps.v1:Deployment", ["batch/v1/CronJob", "batch/v1/Job"])
    both = run("apps")
    assert both == {**apps, **batch}
    assert list(both) == sorted(both)
    assert run("apps", "batch", remove=True) == both
