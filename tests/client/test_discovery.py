"""Discover, select, load: three steps, each tried with entry points of distributions made for the test."""

import itertools
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from typing import TypeAlias

import pytest

import kubex_httpx
from kubex.client import ClientChoise
from kubex.client._discovery import GROUP, Candidate, choose, discover, installed, load, select
from kubex.core.exceptions import BackendError, KubexError, NoBackendError

AUTO = ClientChoise.AUTO

HEAD = """
from kubex.transport import Backend, LibraryDefaults, Timeout, Transport

def backend(name, api_version=2, **fields):
    defaults = LibraryDefaults(timeout=Timeout(), keep_alive_timeout=1)
    return Backend(name=name, api_version=api_version, defaults=defaults, **fields)

def load():
    return Transport

def broken():
    raise ImportError("its library is missing")
"""

Install: TypeAlias = Callable[..., None]
numbers = itertools.count()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make an empty folder for distributions, from which modules can be imported."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("plugin_"):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """Install a distribution whose one entry point is made by the given code."""

    def made(distribution: str, name: str, code: str) -> None:
        module = f"plugin_{next(numbers)}"
        site.joinpath(f"{module}.py").write_text(HEAD + code)
        info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        info.joinpath("entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}:BACKEND\n")

    return made


@pytest.fixture
def points(site: Path) -> Callable[[], Sequence[EntryPoint]]:
    """Find the entry points of the distributions of this test alone."""
    return lambda: [
        point for found in distributions(path=[str(site)]) for point in found.entry_points if point.group == GROUP
    ]


def names(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.name for candidate in candidates]


Points: TypeAlias = Callable[[], Sequence[EntryPoint]]


def test_the_highest_priority_comes_first(install: Install, points: Points) -> None:
    install("kubex-slow", "slow", "BACKEND = backend('slow', load=load, priority=1)")
    install("kubex-other", "other", "BACKEND = backend('other', load=load)")
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    chosen = select(discover(points()), wanted=AUTO, variable=None, runtime="asyncio")
    assert names(chosen) == ["fast", "other", "slow"]
    assert choose(AUTO, "asyncio", find=points).name == "fast"


def test_a_third_party_does_not_hijack_the_choice_by_itself(install: Install, points: Points) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    candidate = discover(points())[0].backend
    assert candidate is not None
    assert candidate.priority == 50
    assert candidate.priority < kubex_httpx.BACKEND.priority


def test_a_third_partys_backend_is_taken_by_name(install: Install, points: Points) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    assert choose("curl", "asyncio", find=points).name == "curl"


def test_backends_for_another_async_library_are_passed_over(install: Install, points: Points) -> None:
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    install("kubex-both", "both", "BACKEND = backend('both', load=load, runtimes=frozenset({'asyncio', 'trio'}))")
    assert choose(AUTO, "trio", find=points).name == "both"
    with pytest.raises(BackendError, match="'fast': runs on asyncio, not on trio"):
        choose("fast", "trio", find=points)


@pytest.mark.covers("options-detection-none")
def test_nothing_installed_is_an_import_error_that_says_what_to_install(points: Points) -> None:
    for runtime, package in (("asyncio", "kubex-aiohttp"), ("trio", "kubex-httpx")):
        with pytest.raises(ImportError, match="none is installed") as caught:
            choose(AUTO, runtime, find=points)
        assert isinstance(caught.value, NoBackendError | KubexError)
        assert f"pip install {package}" in str(caught.value)
    with pytest.raises(NoBackendError, match=r"curl: is not installed \(installed: none\)"):
        choose("curl", "asyncio", find=points)


def test_one_line_for_each_candidate_when_none_can_be_used(install: Install, points: Points) -> None:
    install("kubex-trio", "ours", "BACKEND = backend('ours', load=load, runtimes=frozenset({'trio'}))")
    install("kubex-old", "old", "BACKEND = backend('old', load=load, api_version=0)")
    install("kubex-bad", "bad", "import no_such_module_anywhere")
    install("kubex-odd", "odd", "BACKEND = 'a text'")
    with pytest.raises(NoBackendError) as caught:
        choose(AUTO, "asyncio", find=points)
    lines = str(caught.value).splitlines()
    for name, reason in (
        ("ours", "runs on trio, not on asyncio"),
        ("old", "implements version 0 of the backend contract, this kubex-core accepts 2: install a newer kubex-old"),
        ("bad", "its plugin in kubex-bad does not load: ModuleNotFoundError"),
        ("odd", "is no kubex.transport.Backend but str"),
    ):
        assert any(line.startswith(f"  {name}: ") and reason in line for line in lines)
    assert caught.value.__cause__ is not None


BROKEN = [
    ("import no_such_module_anywhere", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
    ("raise RuntimeError('at import')", "RuntimeError: at import"),
    ("x = 1", "has no attribute 'BACKEND'"),
    ("BACKEND = 5", "is no kubex.transport.Backend but int"),
    ("BACKEND = backend('bad', load=broken, priority=900)", "ImportError: its library is missing"),
]


@pytest.mark.parametrize(("code", "reason"), BROKEN)
def test_a_broken_plugin_is_a_warning_and_the_next_is_taken(
    install: Install, points: Points, code: str, reason: str
) -> None:
    install("kubex-bad", "bad", code)
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with pytest.warns(UserWarning, match="backend 'bad' is passed over for 'good': .*kubex-bad") as caught:
        assert choose(AUTO, "asyncio", find=points).name == "good"
    assert [str(warning.message).endswith(reason) for warning in caught] == [True]
    assert caught[0].filename == __file__


@pytest.mark.parametrize(("code", "reason"), BROKEN)
def test_a_broken_plugin_that_was_named_is_an_error_with_its_cause(
    install: Install, points: Points, code: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("kubex-bad", "bad", code)
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with pytest.raises(BackendError) as caught:
        choose("bad", "asyncio", find=points)
    assert reason in str(caught.value)
    assert "kubex-bad" in str(caught.value)
    assert caught.value.__cause__ is not None
    monkeypatch.setenv("KUBEX_BACKEND", "bad")
    with pytest.raises(BackendError):
        choose(AUTO, "asyncio", find=points)


def test_a_broken_plugin_does_not_disturb_who_names_another(install: Install, points: Points) -> None:
    install("kubex-bad", "bad", "import no_such_module_anywhere")
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choose("good", "asyncio", find=points).name == "good"


def test_all_broken_is_an_error_with_each_reason(install: Install, points: Points) -> None:
    install("kubex-one", "one", "BACKEND = backend('one', load=broken)")
    install("kubex-two", "two", "BACKEND = backend('two', load=broken)")
    install("kubex-three", "three", "BACKEND = backend('three', load=load, runtimes=frozenset({'trio'}))")
    with pytest.raises(NoBackendError) as caught:
        choose(AUTO, "asyncio", find=points)
    for reason in (
        "one: kubex-one cannot be imported: ImportError: its library is missing",
        "two: kubex-two cannot be imported",
        "three: runs on trio",
    ):
        assert f"  {reason}" in str(caught.value)
    assert isinstance(caught.value.__cause__, ImportError)


def test_a_backend_of_another_version_of_the_interface(install: Install, points: Points) -> None:
    install("kubex-new", "new", "BACKEND = backend('new', load=load, priority=900, api_version=3)")
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    with pytest.warns(UserWarning, match="'new' is passed over for 'good': kubex-new implements version 3"):
        assert choose(AUTO, "asyncio", find=points).name == "good"
    with pytest.raises(BackendError, match=r"version 3 .*, this kubex-core accepts 2: install a newer kubex-core"):
        choose("new", "asyncio", find=points)


def test_two_distributions_with_one_name_are_an_error_if_it_would_be_used(install: Install, points: Points) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("my-curl", "curl", "BACKEND = backend('curl', load=load)")
    for wanted in (AUTO, "curl"):
        with pytest.raises(BackendError, match="two distributions register this name: kubex-curl and my-curl"):
            choose(wanted, "asyncio", find=points)
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=load, priority=900)")
    assert choose(AUTO, "asyncio", find=points).name == "fast"
    assert choose("fast", "asyncio", find=points).name == "fast"


def test_two_of_one_name_are_an_error_also_as_second_choice(install: Install, points: Points) -> None:
    install("kubex-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("my-curl", "curl", "BACKEND = backend('curl', load=load)")
    install("kubex-fast", "fast", "BACKEND = backend('fast', load=broken, priority=900)")
    with pytest.raises(BackendError, match="two distributions register this name: kubex-curl and my-curl"):
        choose(AUTO, "asyncio", find=points)


def test_a_descriptor_needs_no_installation() -> None:
    def nothing() -> Sequence[EntryPoint]:
        raise AssertionError("nobody has to look")

    assert choose(kubex_httpx.BACKEND, "trio", find=nothing) is kubex_httpx.BACKEND


def test_loading_is_a_step_of_its_own(install: Install, points: Points) -> None:
    install("kubex-good", "good", "BACKEND = backend('good', load=load)")
    backend, transport = load(discover(points()), automatic=True, runtime="asyncio")
    assert (backend.name, transport.__name__) == ("good", "Transport")


def test_of_two_distributions_of_one_name_the_first_on_the_path_counts(
    install: Install, site: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("kubex-twice", "new", "BACKEND = backend('new', load=load, runtimes=frozenset({'asyncio'}))")
    behind = tmp_path_factory.mktemp("behind")
    monkeypatch.setattr(sys, "path", [*sys.path, str(behind)])
    info = behind / "kubex_twice-0.9.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: kubex-twice\nVersion: 0.9\n")
    info.joinpath("entry_points.txt").write_text(f"[{GROUP}]\nold = nothing:BACKEND\n")
    names = {point.name for point in installed()}
    assert {"aiohttp", "httpx", "new"} <= names
    assert "old" not in names
