"""Warnings point at the line of the user's program."""

import inspect
import warnings
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

from kubex.core._warnings import warn_caller


def library(module: str) -> Any:
    """Make functions that belong to a module of the given name, as far as their frames can tell."""
    namespace: dict[str, Any] = {"__name__": module, "warn_caller": warn_caller, "contextmanager": contextmanager}
    exec(  # noqa: S102 - a frame's module is that of its globals
        "def outer(): return inner()\n"
        "def inner(): warn_caller('look here', UserWarning)\n"
        "async def coroutine(): outer()\n"
        "@contextmanager\n"
        "def block():\n"
        "    outer()\n"
        "    yield\n",
        namespace,
    )
    return SimpleNamespace(**namespace)


def line_here() -> int:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_frames_of_kubex_are_passed_over() -> None:
    for module in ("kubex.client._client", "kubex", "kubex_aiohttp._client", "kubex_httpx"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            line = line_here() + 1
            library(module).outer()
        assert [(warning.filename, warning.lineno) for warning in caught] == [(__file__, line)]


def test_names_that_only_begin_alike_are_the_users() -> None:
    for module in ("kubexample.app", "kubex_k8s_tools", "mykubex", "kubex_testing.app"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            library(module).outer()
        assert [(warning.filename, warning.lineno) for warning in caught] == [("<string>", 2)]


def test_context_managers_in_between_are_passed_over() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = line_here() + 1
        with library("kubex.api").block():
            pass
    assert [(warning.filename, warning.lineno) for warning in caught] == [(__file__, line)]


def test_the_line_that_awaits_is_the_users() -> None:
    async def user() -> None:
        await library("kubex.api").coroutine()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with suppress(StopIteration):
            user().send(None)
    assert [warning.filename for warning in caught] == [__file__]
    assert caught[0].lineno == user.__code__.co_firstlineno + 1


def test_a_program_that_is_nothing_but_ours_does_not_fail() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_caller("look here", UserWarning)
    assert caught[0].filename == __file__
