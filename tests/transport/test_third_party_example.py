"""The example of a third-party backend passes the suite, is short, and uses only documented names."""

import ast
import re
import sys
from collections.abc import Iterator

import kubex_h11
from docs.blocks import ROOT
from kubex_testing.compliance import ComplianceSuite

FILES = sorted((ROOT / "examples" / "third-party-backend").glob("**/*.py"))
MODULES = {"kubex", "kubex.transport", "kubex.errors", "kubex_testing.compliance"}


class TestThirdPartyExample(ComplianceSuite):
    backend = kubex_h11.BACKEND
    entry_point = False  # tests/packaging/installed_wheels.py installs the example and tests this
    native_cancellation = sys.version_info >= (3, 11)  # as in the tests of the example


def used_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the module and the name of each name of Kubex that the source imports, or reads from a module."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names if each.name.startswith("kubex"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kubex"):
            for each in node.names:
                yield node.module or "", each.name
                aliases[each.asname or each.name] = f"{node.module}.{each.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = aliases.get(node.value.id)
            if module in MODULES:
                yield module, node.attr


def test_example_has_fewer_than_250_lines() -> None:
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in FILES) < 250


def test_example_uses_only_names_that_the_pages_about_backends_list() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "plugins").glob("*.md"))
    listed = set(re.findall(r"\w+", " ".join(re.findall(r"```.*?\n *```|`[^`\n]+`", pages, re.DOTALL))))
    used = {name for file in FILES for name in used_names(ast.parse(file.read_text(encoding="utf-8")))}
    names = {(module, name) for module, name in used if not module.startswith("kubex_h11")}
    assert {module for module, _ in names} <= MODULES
    assert {name for _, name in names} - listed == set()
    assert len(names) > 20
