"""The selection of a backend, with entry points of distributions that the tests create."""

import dataclasses
import itertools
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint, distributions
from operator import eq
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import kubex_aiohttp
import kubex_httpx
from kubex.client import Client, ClientChoise, ClientOptions, create_client
from kubex.client._backend_selection import ENTRY_POINT_GROUP, installed_backends, select_backend
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError, KubexError, NoBackendError
from kubex.transport import Backend, IgnoredOption, LibraryDefaults, Timeout

AUTO = ClientChoise.AUTO

PLUGIN_HEADER = """
from kubex.transport import Backend, LibraryDefaults, Timeout, Transport

def backend(name, **fields):
    fields = {"api_version": 2, **fields}
    return Backend(name=name, defaults=LibraryDefaults(timeout=Timeout(), keep_alive_timeout=1), **fields)

def load():
    return Transport

def broken():
    raise ImportError("its library is missing")
"""

DEFAULTS = LibraryDefaults(timeout=Timeout(), keep_alive_timeout=1)
InstallPlugin: TypeAlias = Callable[..., None]
module_numbers = itertools.count()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Create an empty folder for distributions and add it to `sys.path`."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("plugin_"):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> InstallPlugin:
    """Return a function that installs a distribution with one entry point, which this code defines."""

    def create(distribution: str, name: str, code: str) -> None:
        module = f"plugin_{next(module_numbers)}"
        site.joinpath(f"{module}.py").write_text(PLUGIN_HEADER + code)
        info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        info.joinpath("entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\n{name} = {module}:BACKEND\n")

    return create


@pytest.fixture
def entry_points(site: Path) -> Callable[[], Sequence[EntryPoint]]:
    """Return a function that finds the entry points of the distributions of this test only."""
    return lambda: [
        point
        for found in distributions(path=[str(site)])
        for point in found.entry_points
        if point.group == ENTRY_POINT_GROUP
    ]


FindEntryPoints: TypeAlias = Callable[[], Sequence[EntryPoint]]


def test_backend_with_highest_priority_is_selected(install: InstallPlugin, entry_points: FindEntryPoints) -> None:
    install("kubex-slow", "slow", "BACKEND = backend('slow', load=load, priority=1)")
    install("kubex-other", "other", "BACKEND = backend('other', load=load)")
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    assert select_backend(AUTO, "asyncio", find=entry_points).name == "fast"


def test_third_party_backend_has_low_default_priority(install: InstallPlugin, entry_points: FindEntryPoints) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    backend = select_backend("curl", "asyncio", find=entry_points)
    assert backend.priority == 50
    assert backend.priority < kubex_httpx.BACKEND.priority


def test_third_party_backend_is_selected_by_name(install: InstallPlugin, entry_points: FindEntryPoints) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    assert select_backend("curl", "asyncio", find=entry_points).name == "curl"


def test_backend_for_another_async_library_is_skipped(install: InstallPlugin, entry_points: FindEntryPoints) -> None:
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    install("kubex-both", "both", "BACKEND = backend('both', load=load, runtimes=frozenset({'asyncio', 'trio'}))")
    assert select_backend(AUTO, "trio", find=entry_points).name == "both"
    with pytest.raises(BackendError, match="'fast': runs on asyncio, not on trio"):
        select_backend("fast", "trio", find=entry_points)


@pytest.mark.covers("options-detection-none")
def test_error_without_backends_names_the_packages_to_install(entry_points: FindEntryPoints) -> None:
    for runtime, package in (("asyncio", "kubex-aiohttp"), ("trio", "kubex-httpx")):
        with pytest.raises(ImportError, match="none is installed") as caught:
            select_backend(AUTO, runtime, find=entry_points)
        assert isinstance(caught.value, NoBackendError | KubexError)
        assert f"pip install {package}" in str(caught.value)
    with pytest.raises(NoBackendError, match=r"curl: is not installed \(installed: none\)"):
        select_backend("curl", "asyncio", find=entry_points)


def test_error_lists_the_reason_for_each_unusable_backend(
    install: InstallPlugin, entry_points: FindEntryPoints
) -> None:
    install("kubex-trio", "trio-only", "BACKEND = backend('trio-only', load=load, runtimes=frozenset({'trio'}))")
    install("kubex-old", "old", "BACKEND = backend('old', load=load, api_version=0)")
    install("kubex-bad", "bad", "import no_such_module_anywhere")
    install("kubex-odd", "odd", "BACKEND = 'a text'")
    with pytest.raises(NoBackendError) as caught:
        select_backend(AUTO, "asyncio", find=entry_points)
    lines = str(caught.value).splitlines()
    for name, reason in (
        ("trio-only", "runs on trio, not on asyncio"),
        ("old", "the plugin kubex-old (entry point 'old'): has version 0 of the contract"),
        ("bad", "the plugin kubex-bad (entry point 'bad') does not load: ModuleNotFoundError"),
        ("odd", "(entry point 'odd') is not a kubex.transport.Backend but str"),
    ):
        assert any(line.startswith(f"  {name}: ") and reason in line for line in lines)
    assert caught.value.__cause__ is not None


RAISING = [
    ("import no_such_module_anywhere", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
    ("raise RuntimeError('at import')", "RuntimeError: at import"),
    ("raise SystemExit('at import')", "SystemExit: at import"),
    ("x = 1", "has no attribute 'BACKEND'"),
    ("BACKEND = backend('bad', load=broken, priority=900)", "ImportError: its library is missing"),
    ("import sys\nBACKEND = backend('bad', load=sys.exit, priority=900)", "SystemExit: "),
]
INVALID = [
    ("BACKEND = 5", "is not a kubex.transport.Backend but int"),
    ("BACKEND = backend('bad', load=lambda: 5, priority=900)", "load() must return a callable, not int"),
    ("BACKEND = backend('bad', load=load, priority='high')", "priority must be an integer, not 'high'"),
    (
        "BACKEND = backend('other', load=load, priority=900)",
        "the name of its Backend is 'other', and must be equal to the name of the entry point",
    ),
]
BROKEN = RAISING + INVALID


@pytest.mark.parametrize(("code", "reason"), BROKEN)
def test_broken_plugin_is_skipped_with_a_warning(
    install: InstallPlugin, entry_points: FindEntryPoints, code: str, reason: str
) -> None:
    install("kubex-bad", "bad", code)
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with pytest.warns(
        UserWarning, match="backend 'bad' is skipped, 'good' is used: .*plugin kubex-bad \\(entry point 'bad'\\)"
    ) as caught:
        assert select_backend(AUTO, "asyncio", find=entry_points).name == "good"
    assert [str(warning.message).endswith(reason) for warning in caught] == [True]
    assert caught[0].filename == __file__


@pytest.mark.parametrize(("code", "reason"), BROKEN)
def test_broken_plugin_selected_by_name_raises(
    install: InstallPlugin, entry_points: FindEntryPoints, code: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("kubex-bad", "bad", code)
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with pytest.raises(BackendError) as caught:
        select_backend("bad", "asyncio", find=entry_points)
    assert reason in str(caught.value)
    assert "kubex-bad (entry point 'bad')" in str(caught.value)
    assert (caught.value.__cause__ is not None) == ((code, reason) in RAISING)
    monkeypatch.setenv("KUBEX_BACKEND", "bad")
    with pytest.raises(BackendError):
        select_backend(AUTO, "asyncio", find=entry_points)


def test_selection_by_name_imports_no_other_plugin(
    install: InstallPlugin, entry_points: FindEntryPoints, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported_marker = site / "imported"
    install("kubex-other", "other", f"open({str(imported_marker)!r}, 'w').close()\nraise SystemExit('at import')")
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert select_backend("good", "asyncio", find=entry_points).name == "good"
        monkeypatch.setenv("KUBEX_BACKEND", "good")
        assert select_backend(AUTO, "asyncio", find=entry_points).name == "good"
    assert not imported_marker.exists()


@pytest.mark.parametrize("code", ["raise KeyboardInterrupt", "BACKEND = backend('bad', load=interrupt)"])
def test_keyboard_interrupt_of_a_plugin_is_propagated(
    install: InstallPlugin, entry_points: FindEntryPoints, code: str
) -> None:
    install("kubex-bad", "bad", f"def interrupt():\n    raise KeyboardInterrupt\n\n{code}")
    for choice in (AUTO, "bad"):
        with pytest.raises(KeyboardInterrupt):
            select_backend(choice, "asyncio", find=entry_points)


def test_error_lists_the_reason_for_each_broken_plugin(install: InstallPlugin, entry_points: FindEntryPoints) -> None:
    install("kubex-one", "one", "BACKEND = backend('one', load=broken)")
    install("kubex-two", "two", "BACKEND = backend('two', load=broken)")
    install("kubex-three", "three", "BACKEND = backend('three', load=load, runtimes=frozenset({'trio'}))")
    with pytest.raises(NoBackendError) as caught:
        select_backend(AUTO, "asyncio", find=entry_points)
    for reason in (
        "one: the plugin kubex-one (entry point 'one') cannot be imported: ImportError: its library is missing",
        "two: the plugin kubex-two (entry point 'two') cannot be imported",
        "three: runs on trio",
    ):
        assert f"  {reason}" in str(caught.value)
    assert isinstance(caught.value.__cause__, ImportError)


def test_backend_with_unsupported_api_version_is_skipped(install: InstallPlugin, entry_points: FindEntryPoints) -> None:
    install("kubex-new", "new", "BACKEND = backend('new', load=load, priority=900, api_version=3)")
    install("kubex-old", "old", "BACKEND = backend('old', load=load, priority=800, api_version=1)")
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with pytest.warns(UserWarning, match="skipped, 'good' is used: .* has version [13] of the contract") as caught:
        assert select_backend(AUTO, "asyncio", find=entry_points).name == "good"
    assert len(caught) == 2
    with pytest.raises(BackendError, match=r"version 3 .*, and kubex-core accepts 2: install a newer kubex-core"):
        select_backend("new", "asyncio", find=entry_points)
    with pytest.raises(BackendError, match=r"version 1 .*: install a newer release of the plugin"):
        select_backend("old", "asyncio", find=entry_points)


def test_api_versions_from_minimum_to_current_are_accepted(
    install: InstallPlugin, entry_points: FindEntryPoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in range(1, 5):
        install(
            f"kubex-v{version}", f"v{version}", f"BACKEND = backend('v{version}', load=load, api_version={version})"
        )
    monkeypatch.setattr("kubex.client._backend_selection.MINIMUM_API_VERSION", 2)
    monkeypatch.setattr("kubex.client._backend_selection.API_VERSION", 3)
    assert [select_backend(name, "asyncio", find=entry_points).api_version for name in ("v2", "v3")] == [2, 3]
    for name in ("v1", "v4"):
        with pytest.raises(BackendError, match="kubex-core accepts 2 to 3"):
            select_backend(name, "asyncio", find=entry_points)


def test_api_version_has_no_default() -> None:
    with pytest.raises(TypeError, match="api_version"):
        Backend(name="x", load=kubex_httpx.BACKEND.load, defaults=DEFAULTS)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "with space"}, "name must consist of letters, digits, .*: 'with space'"),
        ({"name": "auto"}, "name must .* not be 'auto'"),
        ({"name": None}, "name must .*: None"),
        ({"api_version": "2"}, "api_version must be an integer, not '2'"),
        ({"priority": "high"}, "priority must be an integer, not 'high'"),
        ({"runtimes": "asyncio"}, "runtimes must be a frozenset of 'asyncio' and 'trio', not 'asyncio'"),
        ({"runtimes": frozenset({"curio"})}, "runtimes must be"),
        ({"runtimes": frozenset()}, "runtimes must be"),
        ({"defaults": {}}, "defaults must be LibraryDefaults, not dict"),
        ({"load": None}, "load must be callable, not NoneType"),
        ({"http2": False}, "http2 must be callable, not bool"),
        ({"ignores": ("pool_size",)}, "ignores must consist of IgnoredOption, not str"),
        (
            {"ignores": (IgnoredOption("no_such_option", eq, ""),)},
            "ignores has the option 'no_such_option', which ClientOptions does not have",
        ),
    ],
)
def test_descriptor_with_invalid_field_raises(fields: dict[str, Any], problem: str) -> None:
    backend = dataclasses.replace(kubex_httpx.BACKEND, **fields)
    with pytest.raises(BackendError, match=f"the argument client_class: {problem}"):
        select_backend(backend, "asyncio")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("factory", "problem"),
    [
        (dict, "its transport cannot be created: TypeError: "),
        (repr, "must return a callable that creates a Transport, not str"),
        (sys.exit, "its transport cannot be created: SystemExit: "),
    ],
)
async def test_invalid_transport_factory_raises_and_names_the_backend(factory: Any, problem: str) -> None:
    backend = dataclasses.replace(kubex_httpx.BACKEND, name="faulty", load=lambda: factory)
    async with create_client(ClientConfiguration(url="http://127.0.0.1:1"), client_class=backend) as client:
        with pytest.raises(BackendError, match="backend 'faulty': ") as caught:
            await client.version()
    assert problem in str(caught.value)


def test_duplicate_backend_name_raises_if_it_would_be_selected(
    install: InstallPlugin, entry_points: FindEntryPoints
) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("my-curl", "curl", "BACKEND = backend('curl', load=load)")
    for choice in (AUTO, "curl"):
        with pytest.raises(BackendError, match="two distributions register this name: kubex-curl and my-curl"):
            select_backend(choice, "asyncio", find=entry_points)
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    assert select_backend(AUTO, "asyncio", find=entry_points).name == "fast"
    assert select_backend("fast", "asyncio", find=entry_points).name == "fast"


def test_duplicate_backend_name_raises_if_it_is_the_fallback(
    install: InstallPlugin, entry_points: FindEntryPoints
) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("my-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=broken, priority=900)")
    with pytest.raises(BackendError, match="two distributions register this name: kubex-curl and my-curl"):
        select_backend(AUTO, "asyncio", find=entry_points)


def test_descriptor_is_accepted_without_an_entry_point() -> None:
    def fail() -> Sequence[EntryPoint]:
        raise AssertionError("select_backend() searches for entry points")

    assert select_backend(kubex_httpx.BACKEND, "trio", find=fail) is kubex_httpx.BACKEND


def test_first_distribution_with_a_name_on_the_path_is_used(
    install: InstallPlugin, site: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("kubex-twice", "new", "BACKEND = backend('new', load=load, runtimes=frozenset({'asyncio'}))")
    later_entry = tmp_path_factory.mktemp("later_entry")
    monkeypatch.setattr(sys, "path", [*sys.path, str(later_entry)])
    info = later_entry / "kubex_twice-0.9.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: kubex-twice\nVersion: 0.9\n")
    info.joinpath("entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\nold = nothing:BACKEND\n")
    names = {point.name for point in installed_backends()}
    assert {"aiohttp", "httpx", "httpx2", "new"} <= names
    assert "old" not in names


def test_unsupported_http2_raises_when_the_client_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration, options = ClientConfiguration(url="https://203.0.113.1:6443"), ClientOptions(http2=True)
    with pytest.raises(BackendError, match=r"ClientOptions.http2 cannot be used: aiohttp does not support HTTP/2"):
        Client(configuration, options, backend=kubex_aiohttp.BACKEND)
    Client(configuration, options, backend=kubex_httpx.BACKEND)
    monkeypatch.setitem(sys.modules, "h2", None)
    with pytest.raises(BackendError, match=r'pip install "kubex-httpx\[http2\]"'):
        Client(configuration, options, backend=kubex_httpx.BACKEND)
