"""Public names are documented, and documented names exist."""

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.blocks import ROOT, blocks
from kubex import errors, transport
from kubex.api import Api
from kubex.client import ClientOptions, RetryPolicy
from kubex.configuration import ClientConfiguration
from kubex.core.params import Timeout
from kubex.transport import Backend, TransportConfig
from kubex_testing import embedded, pytest_plugin
from kubex_testing.controlplane import ControlPlane
from kubex_testing.embedded import EmbeddedServer, FaultAction, PodHooks, Settings

DOCS = ROOT / "docs"
# Attributes of an Api that are not verbs or accessors.
ATTRIBUTES = {"aclose", "client", "namespace", "resource"}
SOURCES = ROOT / "packages" / "kubex-core" / "src"
TESTING_SOURCES = ROOT / "packages" / "kubex-testing" / "src"


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def field_names(described: type) -> list[str]:
    return [field.name for field in dataclasses.fields(described)]


@pytest.mark.parametrize("name", errors.__all__)
def test_errors_page_names_each_exception(name: str) -> None:
    assert f"`{name}`" in page("docs/reference/errors.md")


@pytest.mark.parametrize("name", transport.__all__)
def test_pages_about_backends_name_each_name_of_the_contract(name: str) -> None:
    pages = [path.read_text(encoding="utf-8") for path in (DOCS / "plugins").glob("*.md")]
    assert any(re.search(rf"\b{name}\b", text) for text in pages)


@pytest.mark.parametrize("name", field_names(ClientOptions))
def test_each_client_option_has_a_section(name: str) -> None:
    assert f"\n### {name}\n" in page("docs/reference/clients.md")


@pytest.mark.parametrize(
    ("described", "where"),
    [
        (ClientConfiguration, "docs/reference/configuration.md"),
        (Timeout, "docs/reference/timeouts.md"),
        (RetryPolicy, "docs/reference/timeouts.md"),
        (Backend, "docs/plugins/descriptor.md"),
        (TransportConfig, "docs/plugins/contract.md"),
        (Settings, "docs/testing/embedded-server.md"),
    ],
)
def test_each_field_is_in_a_table_of_its_page(described: type, where: str) -> None:
    rows = "\n".join(line for line in page(where).splitlines() if line.startswith("|"))
    assert [name for name in field_names(described) if f"`{name}`" not in rows] == []


def test_each_row_of_the_comparison_with_kubectl_is_in_covered_txt() -> None:
    table = (
        page("docs/reference/configuration.md")
        .partition("| What | kubectl | Kubex |\n|---|---|---|\n")[2]
        .partition("\n\n")[0]
    )
    cells = [line.split("|")[1].lower() for line in table.splitlines()]
    named = ["kubeconfig-" + re.sub(r"[^a-z0-9]+", "-", cell).strip("-") for cell in cells]
    assert named == re.findall(r"^(kubeconfig-\S+)", page("tests/meta/covered.txt"), re.MULTILINE)
    assert len(named) > 30


@pytest.mark.parametrize("verb", [name for name in dir(Api) if not name.startswith("_") and name not in ATTRIBUTES])
def test_operations_page_names_each_verb_and_accessor(verb: str) -> None:
    assert re.search(rf"`{verb}[`(.]", page("docs/reference/operations.md"))


@pytest.mark.parametrize(
    ("described", "where"),
    [(EmbeddedServer, "embedded-server"), (PodHooks, "workloads"), (pytest_plugin, "fixtures")],
)
def test_page_about_testing_names_each_method_and_fixture(described: object, where: str) -> None:
    text = page(f"docs/testing/{where}.md")
    names = [name for name in dir(described) if not name.startswith("_")]
    if described is pytest_plugin:
        names = [name for name in names if name.startswith("kubex_")]
    assert [name for name in names if not re.search(rf"`{name}\b", text)] == []
    assert len(names) > 4


@pytest.mark.parametrize(("server", "where"), [(EmbeddedServer, "embedded-server"), (ControlPlane, "control-plane")])
def test_page_about_a_server_names_each_argument(server: type, where: str) -> None:
    names = list(inspect.signature(server).parameters)
    assert [name for name in names if not re.search(rf"`{name}\b", page(f"docs/testing/{where}.md"))] == []
    assert len(names) > 7


def test_page_about_faults_names_each_fault() -> None:
    classes = [getattr(embedded, name) for name in embedded.__all__ if name != "FaultAction"]
    faults = [each.__name__ for each in classes if inspect.isclass(each) and issubclass(each, FaultAction)]
    assert [name for name in faults if f"| `{name}(" not in page("docs/testing/faults.md")] == []
    assert len(faults) > 10


@pytest.mark.parametrize(("number", "command"), [(1, "quickstart"), (2, "test")])
def test_dev_py_finds_the_commands_of_readme_for_a_clone(number: int, command: str) -> None:
    arguments = [sys.executable, "dev.py", "readme", str(number)]
    printed = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed == f"python3 dev.py {command}\n"
    assert any(block.text == printed for block in blocks(ROOT / "README.md", "sh"))


def test_changelog_links_the_changelog_of_each_distribution() -> None:
    packages = {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")}
    assert set(re.findall(r"\]\(packages/([\w-]+)/CHANGELOG\.md\)", page("CHANGELOG.md"))) == packages


@pytest.mark.parametrize("package", sorted(ROOT.glob("packages/*")), ids=lambda path: path.name)
def test_changelog_of_a_distribution_has_a_section_for_its_version(package: Path) -> None:
    versions = re.findall(r'^(?:version|__version__) = "([^"]+)"', sources_of_version(package), re.MULTILINE)
    text = (package / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(versions[0])} \((unreleased|\d{{4}}-\d\d-\d\d)\)$", text, re.MULTILINE)


def sources_of_version(package: Path) -> str:
    files = [package / "pyproject.toml", *package.glob("src/*/_version.py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def rows_of(heading: str) -> list[tuple[str, str]]:
    """Return the first two cells of each row of the table below a heading of CONTRIBUTING.md."""
    section = page("CONTRIBUTING.md").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = [re.split(r" *\| *", line.strip("| ")) for line in section.splitlines() if line.startswith("|")]
    return [(row[0], row[1]) for row in cells[2:]]


def test_files_in_the_table_of_changes_exist() -> None:
    missing: list[str] = []
    for _, where in rows_of("Where do I change X"):
        folder = ROOT
        for name in re.findall(r"`([^`]+)`", where):
            if " " in name:
                continue  # a command
            bases = (ROOT, SOURCES, TESTING_SOURCES, TESTING_SOURCES / "kubex_testing", folder, folder.parent)
            found = next((base / name for base in bases if list(base.glob(name))), None)
            if found is None:
                missing.append(name)
            else:
                folder = found.parent if found.suffix else found
    assert missing == []


def test_classes_in_the_glossary_exist() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for name in ("kubex-core", "kubex-ops", "kubex-runtime", "kubex-testing")
        for path in (ROOT / "packages" / name / "src").rglob("*.py")
    )
    defined = set(re.findall(r"^(?:class (\w+)|(\w+): TypeAlias)", sources, re.MULTILINE))
    names = {name for pair in defined for name in pair if name}
    terms = [re.match(r"`(\w+)\b(?!-)", term) for term, _ in rows_of("Glossary")]
    used = [term[1] for term in terms if term is not None]
    assert [name for name in used if name not in names] == []
    assert len(used) > 15


def test_table_of_tests_contains_each_folder() -> None:
    named = {name for cell, _ in rows_of("Tests") for name in re.findall(r"`(\w+)`", cell)}
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith((".", "_"))
    }
    assert named == folders


def test_readme_of_the_examples_lists_each_example() -> None:
    named = re.findall(r"\]\(([\w.]+)\)", page("examples/README.md"))
    assert sorted(named) == sorted(path.name for path in (ROOT / "examples").glob("*.py"))


def test_reference_contains_each_public_module() -> None:
    modules = {
        ".".join(path.relative_to(path.parents[len(path.relative_to(ROOT).parts) - 4]).with_suffix("").parts)
        for path in ROOT.glob("packages/*/src/**/*.py")
        if "__all__ = " in path.read_text(encoding="utf-8") and "kubex_k8s" not in path.parts
    }
    public = {name.removesuffix(".__init__") for name in modules if "._" not in name.removesuffix(".__init__")}
    # `kubex` and `kubex.core` only contain names of the other modules.
    assert public - set(re.findall(r'^    "(kubex[\w.]*)",$', page("docs/conf.py"), re.MULTILINE)) <= {
        "kubex",
        "kubex.core",
    }
    assert len(public) > 20
