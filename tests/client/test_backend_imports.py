"""Imports in a new process, with the installed backends and without backends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kubex

CREATE_CLIENT = """
import sys, anyio
from kubex.client import create_client
from kubex.configuration import ClientConfiguration
async def main():
    async with create_client(ClientConfiguration(url="http://127.0.0.1:1")) as client:
        print(client.backend.name, *sorted({"aiohttp", "httpcore", "httpcore2"} & set(sys.modules)))
"""


def run(code: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("KUBEX_BACKEND", "KUBECONFIG")}
    command = [sys.executable, "-W", "error", *options, "-c", code]
    return subprocess.run(command, env=environment | environ, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(
    ("runtime", "variable", "printed"),
    [
        ("asyncio", "", "aiohttp aiohttp"),
        ("trio", "", "httpx2 httpcore2"),
        ("asyncio", "httpx", "httpx httpcore"),
        ("asyncio", "httpx2", "httpx2 httpcore2"),
    ],
)
@pytest.mark.covers("options-detection-order")
def test_library_of_unselected_backend_is_not_imported(runtime: str, variable: str, printed: str) -> None:
    code = f"{CREATE_CLIENT}\nanyio.run(main, backend={runtime!r})"
    process = run(code, KUBEX_BACKEND=variable)
    assert (process.stdout.strip(), process.stderr) == (printed, "")


@pytest.mark.covers("options-detection-none")
def test_missing_backends_raise_import_error(tmp_path: Path) -> None:
    # Hide the metadata of all distributions: the packages can be imported, but no entry point is found.
    paths = [path for path in sys.path if path and Path(path).is_dir()]
    code = (
        f"import sys; sys.path[:] = {paths!r}\n"
        "import importlib.metadata\n"
        "class EmptyFinder(importlib.metadata.DistributionFinder):\n"
        "    def find_distributions(self, context=None): return ()\n"
        "    def find_spec(self, *_): return None\n"
        "for finder in sys.meta_path:\n"
        "    if hasattr(finder, 'find_distributions'): finder.find_distributions = EmptyFinder().find_distributions\n"
        f"{CREATE_CLIENT}\n"
        "try:\n"
        "    anyio.run(main)\n"
        "except ImportError as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    process = run(code)
    assert process.stdout.startswith("NoBackendError no HTTP backend of kubex can be used on asyncio"), process.stderr
    assert "pip install kubex-aiohttp (asyncio) or kubex-httpx" in process.stdout


def test_backend_in_a_path_entry_is_discovered(tmp_path: Path) -> None:
    tmp_path.joinpath("my_backend.py").write_text(
        "import dataclasses, kubex_httpx\n"
        "BACKEND = dataclasses.replace(kubex_httpx.BACKEND, name='mine', priority=999)\n"
    )
    info = tmp_path / "my_backend-1.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: my-backend\nVersion: 1\n")
    info.joinpath("entry_points.txt").write_text("[kubex.backends]\nmine = my_backend:BACKEND\n")
    process = run(f"{CREATE_CLIENT}\nanyio.run(main)", PYTHONPATH=str(tmp_path))
    assert (process.stdout.strip(), process.stderr) == ("mine httpcore", "")


def test_broken_backend_causes_a_warning_at_the_line_of_the_caller(tmp_path: Path) -> None:
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    info.joinpath("entry_points.txt").write_text("[kubex.backends]\nbroken = no_such_module:BACKEND\n")
    process = run(f"{CREATE_CLIENT}\nanyio.run(main)", "-W", "always", PYTHONPATH=str(tmp_path))
    line = CREATE_CLIENT.splitlines().index(
        '    async with create_client(ClientConfiguration(url="http://127.0.0.1:1")) as client:'
    )
    assert f"<string>:{line + 1}: UserWarning: backend 'broken' is skipped, 'aiohttp' is used: " in process.stderr
    assert process.stdout.strip() == "aiohttp aiohttp"


# The third-party packages that an import of kubex may load.
ALLOWED_PACKAGES = {
    "annotated_types", "anyio", "exceptiongroup", "idna", "msgspec", "pydantic", "pydantic_core", "sniffio",
    "typing_extensions", "typing_inspection", "yaml",
    # Registered by the C parser of PyYAML.
    "cython_runtime",
}  # fmt: skip


@pytest.mark.parametrize(
    "module", ["kubex.client", "kubex.api", "kubex.transport", "kubex_aiohttp", "kubex_httpx", "kubex_httpx2"]
)
def test_import_loads_only_required_dependencies(module: str) -> None:
    code = (
        f"import {module}, sys\n"
        "stdlib = sys.stdlib_module_names\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} - stdlib))\n"
    )
    # Without the module `site`, which imports modules of installed packages.
    import_path = {path for path in sys.path if path.endswith(("site-packages", "src"))} | {
        str(Path(kubex.__file__).parents[1])
    }
    backends = ("kubex-aiohttp", "kubex-httpx", "kubex-httpx2")
    import_path |= {str(Path(kubex.__file__).parents[3] / name / "src") for name in backends}
    process = run(code, "-S", PYTHONPATH=os.pathsep.join(sorted(import_path)))
    loaded = {name for name in process.stdout.split() if not name.startswith("_")} - {"sitecustomize", "usercustomize"}
    assert {name for name in loaded if not name.startswith("kubex")} <= ALLOWED_PACKAGES, process.stderr
    assert module.partition(".")[0] in loaded


@pytest.mark.parametrize("name", ["aiohttp", "httpx", "httpx2"])
def test_descriptor_is_imported_without_http_library_and_client(name: str) -> None:
    code = (
        f"import sys, kubex_{name}\n"
        f"assert kubex_{name}.BACKEND.name == {name!r}\n"
        f"print({name!r} in sys.modules, 'kubex.client' in sys.modules)\n"
    )
    assert run(code).stdout.split() == ["False", "False"]
