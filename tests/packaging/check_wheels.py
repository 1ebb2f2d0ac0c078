"""Install the built wheels as users do, each time into a fresh environment, and use what is there.

    uv build --all-packages --wheel --out-dir dist
    uv run python tests/packaging/check_wheels.py dist

Wheels are installed by path, and every check asserts that the modules come from the fresh environment.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kubex_testing.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = ROOT / "examples" / "quickstart.py"
MODELS = ("kubex_k8s_1_35", "kubex_k8s_1_36", "kubex_k8s_1_37")
DISTRIBUTIONS = ("kubex", "kubex_aiohttp", "kubex_codegen", "kubex_core", "kubex_httpx", "kubex_testing", *MODELS)

WHICH = """
import sys
from pathlib import Path
import anyio
import kubex
from kubex.client import create_client
from kubex.configuration import ClientConfiguration

assert Path(kubex.__file__).is_relative_to(sys.prefix), kubex.__file__

async def main():
    async with create_client(ClientConfiguration(url="http://127.0.0.1:1")) as client:
        assert client.backend.name == sys.argv[2], client.backend
    loser = {"aiohttp": "httpcore", "httpx": "aiohttp"}[sys.argv[2]]
    assert loser not in sys.modules, "a backend that lost was imported"

anyio.run(main, backend=sys.argv[1])
"""

# The backend, then what it can do: SOCKS proxies and HTTP/2, or what the error says that has to be installed.
EXTRAS = """
import sys
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError
import kubex_aiohttp, kubex_httpx

BACKENDS = {"aiohttp": kubex_aiohttp.BACKEND, "httpx": kubex_httpx.BACKEND}
WANTED = {"socks": ClientOptions(proxy="socks5://localhost:1"), "http2": ClientOptions(http2=True)}
for case in sys.argv[2:]:
    name, wanted = case.split("-")
    try:
        Client(ClientConfiguration(url="https://localhost:1"), WANTED[wanted], backend=BACKENDS[name])
    except BackendError as error:
        assert sys.argv[1] == "without" and f"kubex-{name}[{wanted}]" in str(error), error
    else:
        assert sys.argv[1] == "with", case
"""

NEITHER = """
import anyio
from kubex.client import create_client
from kubex.configuration import ClientConfiguration

async def main():
    try:
        await create_client(ClientConfiguration(url="http://127.0.0.1:1"))
    except ImportError as error:
        assert "pip install kubex-aiohttp" in str(error) and "kubex-httpx" in str(error), str(error)
    else:
        raise AssertionError("a client was made without a backend")

anyio.run(main)
"""

IMPORTS = """
import sys
from importlib import import_module
from pathlib import Path
for version in sys.argv[1:]:
    package = import_module(f"kubex_k8s.v1_{version}.core.v1")
    assert Path(package.__file__).is_relative_to(sys.prefix), package.__file__
    pod = package.Pod.model_validate_json(b'{"metadata": {"name": "p"}, "spec": {"containers": null}}')
    assert (pod.metadata.name, pod.spec.containers) == ("p", []), pod
"""

PLUGIN_TEST = """
async def test_the_embedded_server_answers(kubex_server_handle, anyio_backend):
    from kubex.client import create_client
    async with create_client(kubex_server_handle.configuration()) as client:
        assert (await client.version()).major == "1"
"""


class Environment:
    """A fresh virtual environment."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder = folder
        run("uv", "venv", "--quiet", "--no-project", "--python", python, str(folder))
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = str(self.bin / "python")

    def install(self, *requirements: str) -> None:
        """Install wheels by path, and what they need from the index."""
        run("uv", "pip", "install", "--quiet", "--python", self.python, *requirements)

    def distributions(self) -> set[str]:
        """Return the names of what is installed."""
        listed = run("uv", "pip", "freeze", "--python", self.python)
        return {line.partition(" ")[0].partition("==")[0] for line in listed.splitlines() if line}

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> str:
        """Run the environment's Python, away from the tree."""
        return run(self.python, "-W", "error", *command, cwd=self.folder, env=env)


def run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, text: str | None = None) -> str:
    """Run a command, give it a text to read, return what it prints, and raise with all of it if it fails."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**clean, **(env or {})},
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)[:300]}\nexit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


@contextmanager
def served(folder: Path) -> Iterator[dict[str, str]]:
    """Run an embedded API server and yield the environment that names its kubeconfig."""
    with EmbeddedServer() as handle:
        yield {"KUBECONFIG": str(handle.write_kubeconfig(folder / "kubeconfig"))}


def metadata(wheel: Path) -> str:
    """Return what a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def check_contents(wheels: Mapping[str, Path]) -> None:
    """Every wheel has a licence and a readme; those with modules are typed; `kubex` has none."""
    for name, wheel in wheels.items():
        names = zipfile.ZipFile(wheel).namelist()
        text = metadata(wheel)
        assert any("licenses/LICENSE" in entry for entry in names), f"{name} has no licence"
        assert len(text.partition("\n\n")[2].strip()) > 100, f"{name} has no readme"
        modules = [entry for entry in names if entry.endswith(".py")]
        assert bool(modules) == (name != "kubex"), f"{name}: {modules[:3]}"
        assert not modules or any(entry.endswith("/py.typed") for entry in names), f"{name} is not typed"


def check_extras(python: str, wheels: Mapping[str, Path]) -> None:
    """Every extra that a wheel has can be resolved, and those that are written about are among them."""
    described: dict[str, set[str]] = {name.replace("_", "-"): set() for name in wheels}
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("packages/*/README.md")]
    for page in (*pages, *ROOT.glob("packages/*/src/**/*.py")):
        for name, extras in re.findall(
            r"\b(kubex(?:-[a-z0-9-]+)?)\[([a-z0-9.,-]+)\]", page.read_text(encoding="utf-8")
        ):
            described[name].update(extras.split(","))
    links = ("--find-links", str(next(iter(wheels.values())).parent))
    for name, wheel in wheels.items():
        project = name.replace("_", "-")
        text = metadata(wheel)
        extras = set(re.findall(r"^Provides-Extra: (\S+)$", text, re.MULTILINE))
        assert described[project] <= extras, f"{project} lacks extras that are described: {described[project] - extras}"
        for extra in sorted(extras):
            wanted = f"{project}[{extra}] @ {wheel.as_uri()}\n"
            command = ("uv", "pip", "compile", "--quiet", "--no-header", "--python", python, *links, "-")
            assert "==" in run(*command, text=wanted), wanted


def check_single(folder: Path, python: str, wheels: Mapping[str, Path], backend: str, runtimes: Sequence[str]) -> None:
    """With one backend alone the quickstart runs, on each runtime that the backend has."""
    environment = Environment(folder / backend, python)
    extra = ["trio"] if "trio" in runtimes else []
    names = ("kubex_core", f"kubex_{backend}", "kubex_k8s_1_37")
    environment.install(*(str(wheels[name]) for name in names), *extra)
    other = {"aiohttp": "httpcore", "httpx": "aiohttp"}[backend]
    assert other not in environment.distributions(), f"{other} came along with kubex-{backend}"
    with served(folder) as env:
        for runtime in runtimes:
            environment.run("-c", WHICH, runtime, backend)
            context = ("--context", "kubex-testing")
            printed = environment.run(str(QUICKSTART), *context, "--runtime", runtime, env=env)
            assert printed.strip(), "the quickstart printed nothing"


def check_both(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """With both, by the extras of `kubex`, asyncio takes aiohttp and trio takes httpx."""
    environment = Environment(folder / "both", python)
    extras = f"kubex[aiohttp,httpx-ws] @ {wheels['kubex'].as_uri()}"
    others = [str(wheels[name]) for name in ("kubex_core", "kubex_aiohttp", "kubex_httpx")]
    environment.install(extras, *others, "trio")
    assert {"kubex", "kubex-core", "kubex-aiohttp", "kubex-httpx", "wsproto"} <= environment.distributions()
    environment.run("-c", WHICH, "asyncio", "aiohttp")
    environment.run("-c", WHICH, "trio", "httpx")
    cases = ("aiohttp-socks", "httpx-socks", "httpx-http2")
    environment.run("-c", EXTRAS, "without", *cases)
    environment.install(f"kubex[{','.join(cases)}] @ {wheels['kubex'].as_uri()}", *others)
    environment.run("-c", EXTRAS, "with", *cases)


def check_neither(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Without a backend the error says what to install, and core alone brings no HTTP library."""
    environment = Environment(folder / "neither", python)
    environment.install(str(wheels["kubex_core"]))
    assert not {"aiohttp", "httpx", "h11", "pytest"} & environment.distributions()
    environment.run("-c", NEITHER)


def check_testing(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """The pytest plugin and the command come with kubex-testing."""
    environment = Environment(folder / "testing", python)
    environment.install(*(str(wheels[name]) for name in ("kubex_core", "kubex_httpx", "kubex_testing")))
    test = environment.folder / "test_plugin.py"
    test.write_text("import pytest\n\n@pytest.mark.anyio\n" + PLUGIN_TEST.lstrip())
    environment.run("-m", "pytest", "-q", "-k", "asyncio", str(test))
    assert "serve" in run(str(environment.bin / "kubex-testing"), "--help")


def check_models(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Models need core alone, by the extra too; all versions install side by side, and the generator runs."""
    environment = Environment(folder / "models", python)
    environment.install(str(wheels["kubex_core"]), str(wheels["kubex_k8s_1_37"]))
    assert not {"aiohttp", "httpx", "h11", "pytest", "kubex-codegen"} & environment.distributions()
    environment.run("-c", IMPORTS, "37")
    extras = f"kubex[k8s-1-35,k8s-1-36,k8s-1-37] @ {wheels['kubex'].as_uri()}"
    environment.install(extras, *(str(wheels[name]) for name in MODELS), str(wheels["kubex_codegen"]))
    environment.run("-c", IMPORTS, "35", "36", "37")
    assert "--from-cluster" in run(str(environment.bin / "kubex-codegen"), "--help")


def main() -> None:
    """Run every check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="the folder that holds the built wheels")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the fresh environments")
    options = parser.parse_args()
    wheels = {path.name.partition("-")[0]: path.resolve() for path in options.dist.glob("*.whl")}
    missing = set(DISTRIBUTIONS) - set(wheels)
    if missing:
        raise SystemExit(f"{options.dist} lacks wheels of {', '.join(sorted(missing))}: build them first")
    check_contents(wheels)
    check_extras(options.python, wheels)
    with tempfile.TemporaryDirectory(prefix="kubex-wheels-") as name:
        folder = Path(name)
        check_single(folder, options.python, wheels, "httpx", ["asyncio", "trio"])
        check_single(folder, options.python, wheels, "aiohttp", ["asyncio"])
        check_both(folder, options.python, wheels)
        check_neither(folder, options.python, wheels)
        check_testing(folder, options.python, wheels)
        check_models(folder, options.python, wheels)
    print("the wheels install and work: every extra, httpx alone, aiohttp alone, both, neither, testing, models")


if __name__ == "__main__":
    main()
