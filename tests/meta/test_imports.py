"""The packages that importing a module of Kubex loads, each measured in a new process."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

TABLE = Path(__file__).with_name("imports.txt")

CODE = """
import sys
before = set(sys.modules)
import {module}
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(name for name in new - set(sys.stdlib_module_names) if not name.startswith("_")))
"""


def allowed() -> dict[str, set[str]]:
    """Read the table; `+module` includes the packages of a module in a row above."""
    rows: dict[str, set[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            module, packages = (part.strip() for part in line.split("|"))
            rows[module] = {module.partition(".")[0]}
            for package in packages.split():
                rows[module] |= rows[package[1:]] if package.startswith("+") else {package}
    return rows


@pytest.mark.parametrize("module", allowed())
def test_import_loads_only_packages_in_imports_txt(module: str) -> None:
    command = [sys.executable, "-I", "-c", CODE.format(module=module)]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr
    assert set(completed.stdout.split()) - allowed()[module] == set()


def test_imports_txt_allows_no_http_library_trio_or_pytest() -> None:
    heavy = {"aiohttp", "httpx", "httpcore", "httpx_ws", "httpx2", "httpcore2", "wsproto", "trio", "pytest", "_pytest"}
    assert {module: packages & heavy for module, packages in allowed().items() if packages & heavy} == {}
    ours = {module: packages for module, packages in allowed().items() if module.startswith("kubex.")}
    backends = {"kubex_aiohttp", "kubex_httpx", "kubex_httpx2", "kubex_testing"}
    assert {module: packages & backends for module, packages in ours.items() if packages & backends} == {}
    assert [module for module, packages in ours.items() if "yaml" in packages] == ["kubex.core.yaml"]


def test_rarely_used_modules_are_not_imported_by_default() -> None:
    command = """
import sys
from kubex.api import Api
from kubex.client import create_client
from kubex.configuration import ClientConfiguration
from kubex_k8s.v1_37.core.v1 import ConfigMap
print(*sys.modules)
"""
    completed = subprocess.run([sys.executable, "-I", "-c", command], capture_output=True, text=True, check=True)
    api = ("logs", "patch_request", "pods", "reviews", "service_accounts", "subresource")
    models = ("common", "crd", "managed_fields", "owners", "quantity", "reviews", "token_request")
    rarely_used = {f"kubex.api._{name}" for name in api} | {f"kubex.models._{name}" for name in models}
    selectors = (
        "label_requirements",
        "label_selector_models",
        "label_parser",
        "field_requirements",
        "selector_objects",
    )
    rarely_used |= {f"kubex.core._{name}" for name in selectors}
    rarely_used |= {"kubex.configuration._load", "kubex.patch", "kubex_k8s.v1_37.core.v1._pod_spec"}
    assert [name for name in rarely_used if importlib.util.find_spec(name) is None] == []
    assert set(completed.stdout.split()) & rarely_used == set()
