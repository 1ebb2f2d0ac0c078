"""The public names of every distribution exist and are documented, and its version is told in one voice."""

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
PACKAGES = ("kubex", "kubex_aiohttp", "kubex_codegen", "kubex_httpx", "kubex_testing")
DISTRIBUTIONS = sorted(folder.name for folder in (ROOT / "packages").iterdir() if (folder / "pyproject.toml").exists())


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
def described_values() -> set[str]:
    """Return the names of all module-level values with a string below them that says what they are."""
    names: set[str] = set()
    for path in ROOT.glob("packages/*/src/**/*.py"):
        for node, following in pairwise(ast.parse(path.read_text(encoding="utf-8")).body):
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def undocumented(name: str, value: object) -> list[str]:
    """Return what of a public name has no docstring: itself, or public methods and properties that it defines."""
    if inspect.isfunction(value):
        return [] if value.__doc__ else [name]
    if not inspect.isclass(value) or isinstance(value, GenericAlias):  # Python 3.10 takes list[int] for a class
        return [] if name in described_values() or name.startswith("__") else [name]
    made_up = f"{value.__name__}("  # a dataclass without a docstring gets its signature as one
    missing = [name] if not value.__doc__ or value.__doc__.startswith(made_up) else []
    for member in vars(value):
        if member.startswith("_"):
            continue
        found = inspect.getattr_static(value, member)
        function = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
        if inspect.isfunction(function) and not inspect.getdoc(getattr(value, member)):
            missing.append(f"{name}.{member}")
    return missing


@pytest.mark.parametrize("module", WITH_NAMES)
def test_public_names_exist_once_and_are_documented(module: str) -> None:
    names: list[str] = MODULES[module].__all__
    assert len(names) == len(set(names))
    assert [lack for name in names for lack in undocumented(name, getattr(MODULES[module], name))] == []


def test_public_modules_say_which_names_are_public() -> None:
    exempt = {"kubex.core", "kubex_testing.pytest_plugin"}  # a folder of public modules; fixtures for pytest alone
    assert set(MODULES) - set(WITH_NAMES) == exempt


def test_packages_tell_type_checkers_that_they_are_typed() -> None:
    sources = [path for path in ROOT.glob("packages/*/src/*") if path.name != "kubex_k8s"]
    sources += ROOT.glob("packages/*/src/kubex_k8s/v1_*")  # no package, but a place for one of each version
    packages = [path for path in sources if (path / "__init__.py").exists()]
    assert [path.name for path in packages if not (path / "py.typed").is_file()] == []
    assert {path.name for path in packages} >= set(PACKAGES)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_version_is_that_of_the_newest_changes(distribution: str) -> None:
    changes = (ROOT / "packages" / distribution / "CHANGELOG.md").read_text(encoding="utf-8")
    assert changes.startswith(f"# Changes of {distribution}\n")
    versions = re.findall(r"^## (\S+)", changes, re.MULTILINE)
    assert importlib.metadata.version(distribution) == versions[0]
    assert re.fullmatch(r"\d+\.\d+\.\d+", versions[0]), "pip would prefer a final release of another project"


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_what_one_distribution_asks_of_another_is_there(distribution: str) -> None:
    for text in importlib.metadata.requires(distribution) or []:
        wanted = Requirement(text)
        if wanted.name.startswith("kubex"):
            assert sorted(bound.operator for bound in wanted.specifier) == ["<", ">="], text
            assert importlib.metadata.version(wanted.name) in wanted.specifier, text


def test_kubex_tells_its_version() -> None:
    assert MODULES["kubex"].__version__ == importlib.metadata.version("kubex-core")


def test_the_list_of_changes_names_every_distribution() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\(packages/([\w-]+)/CHANGELOG\.md\)", changes)) == DISTRIBUTIONS
