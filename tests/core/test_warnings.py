"""Warnings point at a line of the user's program."""

import inspect
import warnings
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

from kubex.core._warnings import warn_caller


def functions_in(module: str) -> Any:
    """Create functions with frames that belong to a module of this name."""
    namespace: dict[str, Any] = {"__name__": module, "warn_caller": warn_caller, "contextmanager": contextmanager}
    exec(  # noqa: S102 - the module of a frame is that of its globals
        "def outer(): return inner()\n"
        "def inner(): warn_caller('deprecated', UserWarning)\n"
        "async def coroutine(): outer()\n"
        "@contextmanager\n"
        "def block():\n"
        "    outer()\n"
        "    yield\n",
        namespace,
    )
    return SimpleNamespace(**namespace)


def current_line() -> int:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_frames_of_kubex_are_skipped() -> None:
    for module in ("kubex.client._client", "kubex", "kubex_aiohttp._client", "kubex_httpx", "kubex_httpx2"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            line = current_line() + 1
            functions_in(module).outer()
        assert [(warning.filename, warning.lineno) for warning in caught] == [(__file__, line)]


def test_modules_with_similar_names_are_not_skipped() -> None:
    for module in ("kubexample.app", "kubex_k8s_tools", "mykubex", "kubex_testing.app"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            functions_in(module).outer()
        assert [(warning.filename, warning.lineno) for warning in caught] == [("<string>", 2)]


def test_frames_of_context_managers_are_skipped() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = current_line() + 1
        with functions_in("kubex.api").block():
            pass
    assert [(warning.filename, warning.lineno) for warning in caught] == [(__file__, line)]


def test_the_warning_points_at_the_await_of_the_user() -> None:
    async def user() -> None:
        await functions_in("kubex.api").coroutine()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with suppress(StopIteration):
            user().send(None)
    assert [warning.filename for warning in caught] == [__file__]
    assert caught[0].lineno == user.__code__.co_firstlineno + 1


def test_the_outermost_frame_is_used_without_frames_of_the_user() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_caller("deprecated", UserWarning)
    assert caught[0].filename == __file__
