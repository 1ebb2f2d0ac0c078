"""Install wheels into new environments, and use them: one function for each combination."""

import shutil
from pathlib import Path

from wheel_environments import embedded_server, run
from wheels import Wheels

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).parent / "programs"
EXAMPLES = ROOT / "examples"
EXAMPLE_BACKEND = EXAMPLES / "third-party-backend"
QUICKSTART = (str(EXAMPLES / "quickstart.py"), "--context", "kubex-testing", "--runtime")
HTTP_LIBRARIES = {"kubex-aiohttp": "aiohttp", "kubex-httpx": "httpcore", "kubex-httpx2": "httpcore2"}
MODELS = ("kubex-k8s-1-35", "kubex-k8s-1-36", "kubex-k8s-1-37")
LIBRARIES = ("asyncio", "trio")

PLUGIN_TEST = """
import pytest

@pytest.mark.anyio
async def test_the_embedded_server_returns_its_version(kubex_server_handle, anyio_backend):
    from kubex.client import create_client
    async with create_client(kubex_server_handle.configuration()) as client:
        assert (await client.version()).major == "1"
"""


def program(name: str) -> str:
    """Return the path of a program that runs in the new environments."""
    return str(PROGRAMS / f"{name}.py")


def check_only_aiohttp(wheels: Wheels) -> None:
    """Check that the quickstart runs with kubex-aiohttp alone."""
    check_one_backend(wheels, "kubex-aiohttp", ["asyncio"])


def check_only_httpx(wheels: Wheels) -> None:
    """Check that the quickstart runs with kubex-httpx alone."""
    check_one_backend(wheels, "kubex-httpx", ["asyncio", "trio"])


def check_only_httpx2(wheels: Wheels) -> None:
    """Check that the quickstart runs with kubex-httpx2 alone."""
    check_one_backend(wheels, "kubex-httpx2", ["asyncio", "trio"])


def check_one_backend(wheels: Wheels, backend: str, libraries: list[str]) -> None:
    """Check that the quickstart runs with a single backend, on each async library of the backend."""
    extra = ["trio"] if "trio" in libraries else []
    environment = wheels.environment(backend, "kubex-core", backend, "kubex-k8s-1-37", *extra)
    installed = environment.distributions() & set(HTTP_LIBRARIES.values())
    assert installed == {HTTP_LIBRARIES[backend]}, f"{backend} installed {installed}"
    with embedded_server(environment.folder) as env:
        for library in libraries:
            environment.run(program("select_backend"), library, backend.removeprefix("kubex-"))
            output = environment.run(*QUICKSTART, library, env=env)
            assert output.strip(), "the quickstart printed nothing"


def check_all_backends(wheels: Wheels) -> None:
    """Check that asyncio selects aiohttp, and that trio selects httpx, or httpx2 after its installation."""
    others = ["kubex-core", "kubex-aiohttp", "kubex-httpx"]
    environment = wheels.environment("all", "kubex[aiohttp,httpx-ws]", *others, "trio")
    assert {"kubex", *others, "httpx-ws"} <= environment.distributions()
    environment.run(program("select_backend"), "asyncio", "aiohttp")
    environment.run(program("select_backend"), "trio", "httpx")
    others.append("kubex-httpx2")
    wheels.install(environment, "kubex[httpx2]", *others)
    environment.run(program("select_backend"), "asyncio", "aiohttp")
    environment.run(program("select_backend"), "trio", "httpx2")
    cases = ("aiohttp-socks", "httpx-socks", "httpx-http2", "httpx2-socks", "httpx2-http2")
    environment.run(program("use_extras"), "without", *cases)
    wheels.install(environment, f"kubex[{','.join(cases)}]", *others)
    environment.run(program("use_extras"), "with", *cases)


def check_websockets_of_httpx(wheels: Wheels) -> None:
    """Check that kubex-httpx needs an extra for WebSockets."""
    check_websockets(wheels, "kubex-httpx", ("kubex[httpx]", "kubex[httpx-ws]"), {"httpx", "httpx-ws", "wsproto"})


def check_websockets_of_httpx2(wheels: Wheels) -> None:
    """Check that kubex-httpx2 needs an extra for WebSockets."""
    check_websockets(wheels, "kubex-httpx2", ("kubex-httpx2", "kubex[httpx2]"), {"wsproto"})


def check_websockets(wheels: Wheels, backend: str, extras: tuple[str, str], expected: set[str]) -> None:
    """Check that WebSockets work with the extra that installs their packages, and only with this."""
    others = {"kubex-core", backend, "kubex-k8s-1-37", "kubex-runtime"}
    environment = wheels.environment(f"websockets-{backend}", "trio")
    with embedded_server(environment.folder) as env:
        for case, extra in zip(("without", "with"), extras, strict=True):
            wheels.install(environment, extra, *(others - {extra}))
            installed = {"httpx", "httpx-ws", "wsproto"} & environment.distributions()
            assert installed == (expected if case == "with" else set()), installed
            for library in LIBRARIES:
                environment.run(program("run_command"), library, case, backend, env=env)


def check_runtime(wheels: Wheels) -> None:
    """Check that the extra `runtime` installs kubex-runtime, and that an example of it runs."""
    others = ["kubex-core", "kubex-httpx", "kubex-runtime", "kubex-k8s-1-37"]
    environment = wheels.environment("runtime", "kubex[httpx,runtime]", *others, "trio")
    for library in LIBRARIES:
        with embedded_server(environment.folder) as env:
            example = str(EXAMPLES / "wait_for_pod.py")
            output = environment.run(program("wait_for_pod"), library, example, env=env)
        assert output == "web-0 is ready\n", output


def check_ops(wheels: Wheels) -> None:
    """Check that the extra `ops` installs kubex-ops without models, and that an example of it runs."""
    others = ["kubex-core", "kubex-httpx", "kubex-ops", "kubex-runtime"]
    environment = wheels.environment("ops", "kubex[httpx,ops]", *others)
    assert not {"kubex-k8s-1-37", "trio"} & environment.distributions()
    manifests = environment.folder / "manifests"
    manifests.mkdir()
    (manifests / "settings.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n")
    with embedded_server(environment.folder) as env:
        output = environment.run(str(EXAMPLES / "apply_directory.py"), str(manifests), env=env)
    assert output.endswith("1/1 created ConfigMap settings\n1 created\n"), output


def check_no_backend(wheels: Wheels) -> None:
    """Check that kubex-core does not install an HTTP library, and that the error names the backends to install."""
    environment = wheels.environment("no-backend", "kubex-core")
    assert not {"aiohttp", "httpx", "h11", "pytest"} & environment.distributions()
    environment.run(program("use_no_backend"))


def check_testing(wheels: Wheels) -> None:
    """Check the pytest plugin and the command of kubex-testing."""
    environment = wheels.environment("testing", "kubex-core", "kubex-httpx", "kubex-testing")
    test = environment.folder / "test_plugin.py"
    test.write_text(PLUGIN_TEST)
    environment.run("-m", "pytest", "-q", "-k", "asyncio", str(test))
    assert "serve" in run(str(environment.bin / "kubex-testing"), "--help")


def check_third_party_backend(wheels: Wheels) -> None:
    """Build the example of a third-party backend. Check that `create_client()` finds it, and that it can be used."""
    folder = wheels.folder / "h11"
    run("uv", "build", "--quiet", "--wheel", "--python", wheels.python, "--out-dir", str(folder), str(EXAMPLE_BACKEND))
    environment = wheels.environment("third-party", "kubex-core", "kubex-k8s-1-37", "trio")
    environment.install(*map(str, folder.glob("*.whl")))
    assert not {"aiohttp", "httpx", "httpx2"} & environment.distributions()
    with embedded_server(environment.folder) as env:
        for library in LIBRARIES:
            environment.run(program("use_third_party_backend"), library, env=env)
            environment.run(*QUICKSTART, library, env=env)
    wheels.install(environment, "kubex-testing", "kubex-core")
    shutil.copytree(EXAMPLE_BACKEND / "tests", environment.folder / "tests")  # outside of the configuration of pytest
    environment.run("-m", "pytest", "-q", "-k", "entry_point or descriptor or finds", "tests")


def check_models(wheels: Wheels) -> None:
    """Check that models only need kubex-core, that all versions can be installed together, and kubex-codegen."""
    environment = wheels.environment("models", "kubex-core", "kubex-k8s-1-37")
    assert not {"aiohttp", "httpx", "h11", "pytest", "kubex-codegen"} & environment.distributions()
    environment.run(program("use_models"), "37")
    wheels.install(environment, "kubex[k8s-1-35,k8s-1-36,k8s-1-37]", "kubex-core", *MODELS, "kubex-codegen")
    environment.run(program("use_models"), "35", "36", "37")
    assert "--from-cluster" in run(str(environment.bin / "kubex-codegen"), "--help")
