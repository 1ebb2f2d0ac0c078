"""The tables of docs/versions.md match the projects, and docs/changelog.md contains all changelogs."""

import re
from collections.abc import Iterator
from importlib.metadata import metadata, version

import pytest

from docs.blocks import ROOT

PAGE = (ROOT / "docs" / "versions.md").read_text(encoding="utf-8")
DISTRIBUTIONS = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def row(name: str) -> str:
    """Return the row of the table for a distribution."""
    required: list[str] = []
    extras: dict[str, list[str]] = {extra: [] for extra in metadata(name).get_all("Provides-Extra") or ()}
    for requirement in metadata(name).get_all("Requires-Dist") or ():
        text, _, marker = requirement.partition(";")
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", marker)
        python = re.search(r"python_version < ['\"]([\d.]+)['\"]", marker)
        # The order of the operators in metadata is not fixed.
        target, operators = re.fullmatch(r"([\w.\[\],-]+?)\s*((?:[<>=~!].*)?)", text.strip()).groups()  # type: ignore[union-attr]
        shown = f"`{target}{','.join(sorted(operators.split(','), reverse=True))}`"
        shown += f" (Python < {python[1]})" if python else ""
        (extras[extra[1]] if extra else required).append(shown)
    # The installation page lists what the extras of `kubex` install.
    cell = ", ".join(f"`{extra}`" for extra in sorted(extras))
    return f"| `{name}` | {version(name)} | {', '.join(sorted(required))} | {cell} |"


def rows() -> Iterator[str]:
    yield from map(row, DISTRIBUTIONS)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_table_shows_the_version_and_the_requirements(name: str) -> None:
    assert row(name).replace(" |  |", " | |") in PAGE.splitlines()


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distribution_supports_the_python_versions_of_the_table(name: str) -> None:
    classifiers = re.findall(
        r"Python :: (3\.\d+)$", "\n".join(metadata(name).get_all("Classifier") or ()), re.MULTILINE
    )
    section = PAGE.partition("\n## Python\n")[2].partition("\n## ")[0]
    shown = re.findall(
        r"3\.\d+", "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| 3"))
    )
    assert classifiers == shown
    assert metadata(name)["Requires-Python"] == f">={shown[0]}"


def test_python_versions_of_the_table_are_those_of_ci() -> None:
    oldest, newest, others = re.search(r'OLDEST=(\S+) NEWEST=(\S+) OTHERS="([^"]+)"', CI).groups()  # type: ignore[union-attr]
    assert f"| {oldest} | all tests" in PAGE
    assert f"| {newest} | all tests" in PAGE
    assert f"| {', '.join(reversed(others.split()))} |" in PAGE


def test_kubernetes_versions_of_the_table_are_those_of_the_models() -> None:
    shown = re.findall(r"^\| (1\.\d+) \| `(kubex-k8s-[\d-]+)` \|", PAGE, re.MULTILINE)
    assert sorted(name for _, name in shown) == [name for name in DISTRIBUTIONS if name.startswith("kubex-k8s-")]
    assert all(name == f"kubex-k8s-{number.replace('.', '-')}" for number, name in shown)
    module = (ROOT / "tests" / "controlplane" / "kubernetes" / "go.mod").read_text(encoding="utf-8")
    tested = re.search(r"k8s\.io/kubernetes v(1\.\d+)\.", module)
    assert tested is not None
    assert f"| {tested[1]} | `kubex-k8s-{tested[1].replace('.', '-')}` | a real API server" in PAGE


def test_changelog_page_includes_each_changelog() -> None:
    text = (ROOT / "docs" / "changelog.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\{include\} \.\./packages/([\w-]+)/CHANGELOG\.md", text)) == DISTRIBUTIONS
