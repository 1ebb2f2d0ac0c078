"""The public names of each distribution exist and have docstrings, and its version is the same everywhere."""

import ast
import importlib
import importlib.metadata
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import GenericAlias, ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "kubex",
    "kubex_aiohttp",
    "kubex_codegen",
    "kubex_httpx",
    "kubex_httpx2",
    "kubex_ops",
    "kubex_runtime",
    "kubex_testing",
)
DISTRIBUTIONS = sorted(folder.name for folder in (ROOT / "packages").iterdir() if (folder / "pyproject.toml").exists())


PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]


def modules() -> Iterator[ModuleType]:
    """Import every public module."""
    for package in map(importlib.import_module, PACKAGES):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part.startswith("_") for part in found.name.split(".")):
                yield importlib.import_module(found.name)


MODULES = {module.__name__: module for module in modules()}
WITH_NAMES = [name for name, module in MODULES.items() if hasattr(module, "__all__")]


@cache
def documented_values() -> set[str]:
    """Return the names of all module-level values that have a docstring below them."""
    names: set[str] = set()
    for path in ROOT.glob("packages/*/src/**/*.py"):
        for node, following in pairwise(ast.parse(path.read_text(encoding="utf-8")).body):
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def undocumented(name: str, value: object) -> list[str]:
    """Return the names without a docstring: the name itself, and the public methods and properties of a class."""
    if inspect.isfunction(value):
        return [] if value.__doc__ else [name]
    if not inspect.isclass(value) or isinstance(value, GenericAlias):  # on Python 3.10, isclass(list[int]) is true
        return [] if name in documented_values() or name.startswith("__") else [name]
    generated = f"{value.__name__}("  # the default docstring of a dataclass
    missing = [name] if not value.__doc__ or value.__doc__.startswith(generated) else []
    for member in vars(value):
        if member.startswith("_"):
            continue
        found = inspect.getattr_static(value, member)
        function = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
        if inspect.isfunction(function) and not inspect.getdoc(getattr(value, member)):
            missing.append(f"{name}.{member}")
    return missing


@pytest.mark.parametrize("module", WITH_NAMES)
def test_public_names_are_unique_and_have_docstrings(module: str) -> None:
    names: list[str] = MODULES[module].__all__
    assert len(names) == len(set(names))
    assert [missing for name in names for missing in undocumented(name, getattr(MODULES[module], name))] == []


def test_public_modules_have_all() -> None:
    exempt = {"kubex.core", "kubex_testing.pytest_plugin"}  # a package of public modules, and a plugin for pytest
    assert set(MODULES) - set(WITH_NAMES) == exempt


def test_each_package_has_py_typed() -> None:
    sources = [path for path in ROOT.glob("packages/*/src/*") if path.name != "kubex_k8s"]
    sources += ROOT.glob("packages/*/src/kubex_k8s/v1_*")  # kubex_k8s itself is a namespace package
    packages = [path for path in sources if (path / "__init__.py").exists()]
    assert [path.name for path in packages if not (path / "py.typed").is_file()] == []
    assert {path.name for path in packages} >= set(PACKAGES)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_distributions_accept_the_current_versions_of_each_other(distribution: str) -> None:
    for text in importlib.metadata.requires(distribution) or []:
        requirement = Requirement(text)
        if requirement.name.startswith("kubex"):
            assert sorted(bound.operator for bound in requirement.specifier) == ["<", ">="], text
            assert importlib.metadata.version(requirement.name) in requirement.specifier, text


def test_version_of_kubex_equals_the_version_of_kubex_core() -> None:
    assert MODULES["kubex"].__version__ == importlib.metadata.version("kubex-core")


def test_changelog_links_each_distribution() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\(packages/([\w-]+)/CHANGELOG\.md\)", changes)) == DISTRIBUTIONS


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_classifiers_of_a_distribution_list_the_supported_pythons(distribution: str) -> None:
    text = (ROOT / "packages" / distribution / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text) == PYTHONS


def test_ci_runs_the_tests_on_each_supported_python() -> None:
    text = (ROOT / ".ci/run").read_text(encoding="utf-8")
    versions = re.search(r'^OLDEST=(\S+) NEWEST=(\S+) OTHERS="(.+)" SYSTEM=none$', text, re.MULTILINE)
    assert versions is not None
    assert [versions[1], *reversed(versions[3].split()), versions[2]] == PYTHONS


def test_files_in_every_python_txt_exist() -> None:
    listed = (ROOT / "tests/every_python.txt").read_text(encoding="utf-8").splitlines()
    assert [path for path in listed if not (ROOT / path).exists()] == []
    assert {"tests/core", "tests/transport"} <= set(listed)
