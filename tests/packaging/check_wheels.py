"""Install the built wheels into new environments, like users do, and use them.

    uv build --all-packages --wheel --out-dir dist
    uv run python tests/packaging/check_wheels.py dist

Wheels are installed by path. Each check asserts that the modules are imported from the new environment.
"""

import argparse
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from wheel_environments import Environment, embedded_server, run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE_BACKEND = ROOT / "examples" / "third-party-backend"
QUICKSTART = ROOT / "examples" / "quickstart.py"
APPLY_DIRECTORY = ROOT / "examples" / "apply_directory.py"
WAIT_FOR_POD = ROOT / "examples" / "wait_for_pod.py"
MODELS = ("kubex_k8s_1_35", "kubex_k8s_1_36", "kubex_k8s_1_37")
DISTRIBUTIONS = (
    "kubex",
    "kubex_aiohttp",
    "kubex_codegen",
    "kubex_core",
    "kubex_httpx",
    "kubex_httpx2",
    "kubex_ops",
    "kubex_runtime",
    "kubex_testing",
    *MODELS,
)

CHECK_BACKEND = """
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
    libraries = {"aiohttp": "aiohttp", "httpx": "httpcore", "httpx2": "httpcore2"}
    imported = {name for name, library in libraries.items() if library in sys.modules}
    assert imported == {sys.argv[2]}, f"the libraries of these backends were imported: {imported}"

anyio.run(main, backend=sys.argv[1])
"""

# Checks SOCKS proxies and HTTP/2. Without the extra, the error must name the extra to install.
CHECK_EXTRAS = """
import sys
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError
import kubex_aiohttp, kubex_httpx, kubex_httpx2

BACKENDS = {each.BACKEND.name: each.BACKEND for each in (kubex_aiohttp, kubex_httpx, kubex_httpx2)}
OPTIONS = {"socks": ClientOptions(proxy="socks5://localhost:1"), "http2": ClientOptions(http2=True)}
for case in sys.argv[2:]:
    name, extra = case.split("-")
    try:
        Client(ClientConfiguration(url="https://localhost:1"), OPTIONS[extra], backend=BACKENDS[name])
    except BackendError as error:
        assert sys.argv[1] == "without" and f"kubex-{name}[{extra}]" in str(error), error
    else:
        assert sys.argv[1] == "with", case
"""

# Runs a command in a pod. Without the extra, the error must name the extra to install.
CHECK_WEBSOCKETS = """
import sys
import anyio
from kubex import Api, create_client
from kubex.errors import BackendError
from kubex_k8s.v1_37.core.v1 import Pod

async def main():
    async with create_client() as client:
        pods = Api(Pod, client, namespace="default")
        if sys.argv[2] == "without":
            try:
                await pods.exec.run("web", ["echo", "hello"])
            except BackendError as error:
                assert f"{sys.argv[3]}[ws]" in str(error), error
            else:
                raise AssertionError("exec ran without the extra")
        else:
            name = f"web-{sys.argv[1]}"
            spec = {"containers": [{"name": "main", "image": "app:1"}]}
            await pods.create(Pod.model_validate({"metadata": {"name": name}, "spec": spec}))
            while (await pods.get(name)).status.phase != "Running":
                await anyio.sleep(0.05)
            result = await pods.exec.run(name, ["echo", "hello"], check=True)
            assert result.stdout == b"hello\\n", result
    assert sys.argv[2] == "with" or "wsproto" not in sys.modules

anyio.run(main, backend=sys.argv[1])
"""

CHECK_THIRD_PARTY_BACKEND = """
import sys
from pathlib import Path
import anyio
import kubex_h11
from kubex import create_client

assert Path(kubex_h11.__file__).is_relative_to(sys.prefix), kubex_h11.__file__

async def main():
    for selection in ({}, {"client_class": "h11"}):
        async with create_client(**selection) as client:
            assert client.backend.name == "h11", client.backend
            assert (await client.version()).major == "1"

anyio.run(main, backend=sys.argv[1])
"""

CHECK_NO_BACKEND = """
import anyio
from kubex.client import create_client
from kubex.configuration import ClientConfiguration

async def main():
    try:
        await create_client(ClientConfiguration(url="http://127.0.0.1:1"))
    except ImportError as error:
        assert "pip install kubex-aiohttp" in str(error) and "kubex-httpx" in str(error), str(error)
    else:
        raise AssertionError("a client was created without a backend")

anyio.run(main)
"""

CHECK_MODELS = """
import sys
from importlib import import_module
from pathlib import Path
for version in sys.argv[1:]:
    package = import_module(f"kubex_k8s.v1_{version}.core.v1")
    assert Path(package.__file__).is_relative_to(sys.prefix), package.__file__
    pod = package.Pod.model_validate_json(b'{"metadata": {"name": "p"}, "spec": {"containers": null}}')
    assert (pod.metadata.name, pod.spec.containers) == ("p", []), pod
"""

# Creates a pod, and runs an example that waits for it.
CHECK_RUNTIME = """
import runpy
import sys
from pathlib import Path
import anyio
import kubex_runtime
from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Pod

assert Path(kubex_runtime.__file__).is_relative_to(sys.prefix), kubex_runtime.__file__

async def main():
    async with create_client() as client:
        spec = {"containers": [{"name": "main", "image": "app:1"}]}
        await Api(Pod, client).create(Pod.model_validate({"metadata": {"name": "web-0"}, "spec": spec}))
    await runpy.run_path(sys.argv[2])["main"]()

anyio.run(main, backend=sys.argv[1])
"""

PLUGIN_TEST = """
async def test_the_embedded_server_returns_its_version(kubex_server_handle, anyio_backend):
    from kubex.client import create_client
    async with create_client(kubex_server_handle.configuration()) as client:
        assert (await client.version()).major == "1"
"""


def metadata(wheel: Path) -> str:
    """Return the text of the METADATA file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def check_contents(wheels: Mapping[str, Path]) -> None:
    """Check that each wheel has a license, a README, and py.typed if it has modules. `kubex` does not have modules."""
    for name, wheel in wheels.items():
        names = zipfile.ZipFile(wheel).namelist()
        text = metadata(wheel)
        assert any("licenses/LICENSE" in entry for entry in names), f"{name} does not contain a license"
        assert len(text.partition("\n\n")[2].strip()) > 100, f"{name} does not contain a README"
        modules = [entry for entry in names if entry.endswith(".py")]
        assert bool(modules) == (name != "kubex"), f"{name}: {modules[:3]}"
        assert not modules or any(entry.endswith("/py.typed") for entry in names), f"{name} does not contain py.typed"


def check_extras(python: str, wheels: Mapping[str, Path]) -> None:
    """Check that each extra can be resolved, and that the documented extras exist."""
    documented: dict[str, set[str]] = {name.replace("_", "-"): set() for name in wheels}
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("packages/*/README.md")]
    for page in (*pages, *ROOT.glob("packages/*/src/**/*.py")):
        for name, extras in re.findall(
            r"\b(kubex(?:-[a-z0-9-]+)?)\[([a-z0-9.,-]+)\]", page.read_text(encoding="utf-8")
        ):
            documented[name].update(extras.split(","))
    links = ("--find-links", str(next(iter(wheels.values())).parent))
    for name, wheel in wheels.items():
        project = name.replace("_", "-")
        text = metadata(wheel)
        extras = set(re.findall(r"^Provides-Extra: (\S+)$", text, re.MULTILINE))
        missing = documented[project] - extras
        assert not missing, f"{project} does not have these documented extras: {missing}"
        for extra in sorted(extras):
            requirement = f"{project}[{extra}] @ {wheel.as_uri()}\n"
            command = ("uv", "pip", "compile", "--quiet", "--no-header", "--python", python, *links, "-")
            assert "==" in run(*command, text=requirement), requirement


def check_one_backend(
    folder: Path, python: str, wheels: Mapping[str, Path], backend: str, runtimes: Sequence[str]
) -> None:
    """Check that the quickstart runs with a single backend, on each runtime of the backend."""
    environment = Environment(folder / backend, python)
    extra = ["trio"] if "trio" in runtimes else []
    names = ("kubex_core", f"kubex_{backend}", "kubex_k8s_1_37")
    environment.install(*(str(wheels[name]) for name in names), *extra)
    libraries = {"aiohttp": "aiohttp", "httpx": "httpcore", "httpx2": "httpcore2"}
    installed = environment.distributions() & set(libraries.values())
    assert installed == {libraries[backend]}, f"kubex-{backend} installed {installed}"
    with embedded_server(folder) as env:
        for runtime in runtimes:
            environment.run("-c", CHECK_BACKEND, runtime, backend)
            context = ("--context", "kubex-testing")
            output = environment.run(str(QUICKSTART), *context, "--runtime", runtime, env=env)
            assert output.strip(), "the quickstart printed nothing"


def check_all_backends(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Check that asyncio selects aiohttp, and that trio selects httpx, or httpx2 after its installation."""
    environment = Environment(folder / "all", python)
    extras = f"kubex[aiohttp,httpx-ws] @ {wheels['kubex'].as_uri()}"
    others = [str(wheels[name]) for name in ("kubex_core", "kubex_aiohttp", "kubex_httpx")]
    environment.install(extras, *others, "trio")
    assert {"kubex", "kubex-core", "kubex-aiohttp", "kubex-httpx", "httpx-ws"} <= environment.distributions()
    environment.run("-c", CHECK_BACKEND, "asyncio", "aiohttp")
    environment.run("-c", CHECK_BACKEND, "trio", "httpx")
    others.append(str(wheels["kubex_httpx2"]))
    environment.install(f"kubex[httpx2] @ {wheels['kubex'].as_uri()}", *others)
    environment.run("-c", CHECK_BACKEND, "asyncio", "aiohttp")
    environment.run("-c", CHECK_BACKEND, "trio", "httpx2")
    cases = ("aiohttp-socks", "httpx-socks", "httpx-http2", "httpx2-socks", "httpx2-http2")
    environment.run("-c", CHECK_EXTRAS, "without", *cases)
    environment.install(f"kubex[{','.join(cases)}] @ {wheels['kubex'].as_uri()}", *others)
    environment.run("-c", CHECK_EXTRAS, "with", *cases)


def check_websockets(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Check that WebSockets work with the extras that install their packages, and only with these."""
    steps = {
        "kubex-httpx": [("kubex[httpx]", set[str]()), ("kubex[httpx-ws]", {"httpx", "httpx-ws", "wsproto"})],
        "kubex-httpx2": [("kubex-httpx2", set[str]()), ("kubex[httpx2]", {"wsproto"})],
    }
    for backend, extras in steps.items():
        environment = Environment(folder / f"websockets-{backend}", python)
        others = [str(wheels[name]) for name in ("kubex_core", backend.replace("-", "_"), "kubex_k8s_1_37")]
        with embedded_server(folder) as env:
            for extra, expected in extras:
                wheel = wheels[extra.partition("[")[0].replace("-", "_")]
                environment.install(f"{extra} @ {wheel.as_uri()}", *others, "trio")
                installed = {"httpx", "httpx-ws", "wsproto"} & environment.distributions()
                assert installed == expected, installed
                for runtime in ("asyncio", "trio"):
                    name = "with" if expected else "without"
                    environment.run("-c", CHECK_WEBSOCKETS, runtime, name, backend, env=env)


def check_runtime(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Check that the extra `runtime` installs kubex-runtime, and that an example of it runs."""
    environment = Environment(folder / "runtime", python)
    others = [str(wheels[name]) for name in ("kubex_core", "kubex_httpx", "kubex_runtime", "kubex_k8s_1_37")]
    environment.install(f"kubex[httpx,runtime] @ {wheels['kubex'].as_uri()}", *others, "trio")
    assert "kubex-runtime" in environment.distributions()
    for runtime in ("asyncio", "trio"):
        with embedded_server(folder) as env:
            output = environment.run("-c", CHECK_RUNTIME, runtime, str(WAIT_FOR_POD), env=env)
        assert output == "web-0 is ready\n", output


def check_ops(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Check that the extra `ops` installs kubex-ops, which needs no models, and that an example of it runs."""
    environment = Environment(folder / "ops", python)
    others = [str(wheels[name]) for name in ("kubex_core", "kubex_httpx", "kubex_ops", "kubex_runtime")]
    environment.install(f"kubex[httpx,ops] @ {wheels['kubex'].as_uri()}", *others)
    assert not {"kubex-k8s-1-37", "trio"} & environment.distributions()
    manifests = environment.folder / "manifests"
    manifests.mkdir()
    (manifests / "settings.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n")
    with embedded_server(folder) as env:
        output = environment.run(str(APPLY_DIRECTORY), str(manifests), env=env)
    assert output.endswith("1/1 created ConfigMap settings\n1 created\n"), output


def check_no_backend(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Check that kubex-core does not install an HTTP library, and that the error names the backends to install."""
    environment = Environment(folder / "no-backend", python)
    environment.install(str(wheels["kubex_core"]))
    assert not {"aiohttp", "httpx", "h11", "pytest"} & environment.distributions()
    environment.run("-c", CHECK_NO_BACKEND)


def check_testing(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Check the pytest plugin and the command of kubex-testing."""
    environment = Environment(folder / "testing", python)
    environment.install(*(str(wheels[name]) for name in ("kubex_core", "kubex_httpx", "kubex_testing")))
    test = environment.folder / "test_plugin.py"
    test.write_text("import pytest\n\n@pytest.mark.anyio\n" + PLUGIN_TEST.lstrip())
    environment.run("-m", "pytest", "-q", "-k", "asyncio", str(test))
    assert "serve" in run(str(environment.bin / "kubex-testing"), "--help")


def check_third_party_backend(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Build the example of a third-party backend. Check that `create_client()` finds it, and that it can be used."""
    run("uv", "build", "--quiet", "--wheel", "--python", python, "--out-dir", str(folder / "h11"), str(EXAMPLE_BACKEND))
    wheel = next((folder / "h11").glob("*.whl"))
    environment = Environment(folder / "third-party", python)
    environment.install(str(wheel), *(str(wheels[name]) for name in ("kubex_core", "kubex_k8s_1_37")), "trio")
    assert not {"aiohttp", "httpx", "httpx2"} & environment.distributions()
    with embedded_server(folder) as env:
        for runtime in ("asyncio", "trio"):
            environment.run("-c", CHECK_THIRD_PARTY_BACKEND, runtime, env=env)
            environment.run(str(QUICKSTART), "--context", "kubex-testing", "--runtime", runtime, env=env)
    environment.install(str(wheels["kubex_testing"]))
    shutil.copytree(EXAMPLE_BACKEND / "tests", environment.folder / "tests")  # outside of the configuration of pytest
    environment.run("-m", "pytest", "-q", "-k", "entry_point or descriptor or finds", "tests")


def check_models(folder: Path, python: str, wheels: Mapping[str, Path]) -> None:
    """Check that models only need kubex-core, that all versions can be installed together, and kubex-codegen."""
    environment = Environment(folder / "models", python)
    environment.install(str(wheels["kubex_core"]), str(wheels["kubex_k8s_1_37"]))
    assert not {"aiohttp", "httpx", "h11", "pytest", "kubex-codegen"} & environment.distributions()
    environment.run("-c", CHECK_MODELS, "37")
    extras = f"kubex[k8s-1-35,k8s-1-36,k8s-1-37] @ {wheels['kubex'].as_uri()}"
    environment.install(extras, *(str(wheels[name]) for name in MODELS), str(wheels["kubex_codegen"]))
    environment.run("-c", CHECK_MODELS, "35", "36", "37")
    assert "--from-cluster" in run(str(environment.bin / "kubex-codegen"), "--help")


def main() -> None:
    """Run every check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="the folder with the built wheels")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the new environments")
    options = parser.parse_args()
    wheels = {path.name.partition("-")[0]: path.resolve() for path in options.dist.glob("*.whl")}
    missing = set(DISTRIBUTIONS) - set(wheels)
    if missing:
        raise SystemExit(f"{options.dist} does not contain wheels of {', '.join(sorted(missing))}; build them first")
    check_contents(wheels)
    check_extras(options.python, wheels)
    with tempfile.TemporaryDirectory(prefix="kubex-wheels-") as name:
        folder = Path(name)
        check_one_backend(folder, options.python, wheels, "httpx", ["asyncio", "trio"])
        check_one_backend(folder, options.python, wheels, "httpx2", ["asyncio", "trio"])
        check_one_backend(folder, options.python, wheels, "aiohttp", ["asyncio"])
        check_all_backends(folder, options.python, wheels)
        check_websockets(folder, options.python, wheels)
        check_no_backend(folder, options.python, wheels)
        check_runtime(folder, options.python, wheels)
        check_ops(folder, options.python, wheels)
        check_testing(folder, options.python, wheels)
        check_third_party_backend(folder, options.python, wheels)
        check_models(folder, options.python, wheels)
    print("all checks of the wheels passed")


if __name__ == "__main__":
    main()
