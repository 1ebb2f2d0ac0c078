"""What cannot be run: the checks of an `ExecPlugin`, which show none of its arguments and variables."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubex.errors import ConfigurationError

if TYPE_CHECKING:
    from kubex.credentials._settings import ExecPlugin

API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
INTERACTIVE_MODES = ("Never", "IfAvailable", "Always")

Problem = tuple[str, str]
"""The name of a field, and what is wrong with it."""


def validate(plugin: ExecPlugin) -> None:
    """Raise `ConfigurationError`, with `field`, for the first thing that is wrong."""
    checks = (
        _command(plugin.command),
        _args(plugin.args),
        _env(plugin.env),
        _one_of("api_version", plugin.api_version, API_VERSIONS),
        _one_of("interactive_mode", plugin.interactive_mode, INTERACTIVE_MODES),
        _instance("provide_cluster_info", plugin.provide_cluster_info, bool),
        _hint(plugin.install_hint),
        _timeout(plugin.timeout),
        _cluster_config(plugin.cluster_config),
    )
    for check in checks:
        for field, problem in check:
            raise ConfigurationError(problem, source="ExecPlugin", field=field)


def _instance(field: str, value: object, expected: type) -> Iterator[Problem]:
    if not isinstance(value, expected):
        yield field, f"must be a {expected.__name__}, not {type(value).__name__}"


def _one_of(field: str, value: object, known: tuple[str, ...]) -> Iterator[Problem]:
    if value not in known:
        yield field, f"{value!r} is none of {', '.join(known)}"


def _text(field: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield field, f"must be a str, not {type(value).__name__}"
    elif "\0" in value or not _encodable(value):
        yield field, "holds a NUL or half a character, which no program can be given"


def _encodable(value: str) -> bool:
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return False
    return True


def _command(command: str) -> Iterator[Problem]:
    yield from _text("command", command)
    if not command:
        yield "command", "is empty; write a program on PATH or a path"


def _args(args: Any) -> Iterator[Problem]:
    yield from _instance("args", args, tuple)
    for position, arg in enumerate(args):
        yield from _text(f"args[{position}]", arg)


def _env(env: Any) -> Iterator[Problem]:
    yield from _instance("env", env, Mapping)
    for name, value in env.items():
        yield from _text("env", name)
        if not name or "=" in name:
            yield "env", "a variable needs a name, without ="
        yield from _text(f"env[{name!r}]", value)


def _hint(hint: str | None) -> Iterator[Problem]:
    if hint is not None:
        yield from _instance("install_hint", hint, str)


def _timeout(timeout: Any) -> Iterator[Problem]:
    if timeout is None:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        yield "timeout", f"must be a number of seconds or None, not {type(timeout).__name__}"
    elif math.isnan(timeout) or timeout <= 0:
        yield "timeout", f"must be more than 0 seconds, not {timeout}; None is no limit"


def _cluster_config(config: object) -> Iterator[Problem]:
    try:
        json.dumps(config, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        yield "cluster_config", "is nothing that JSON can say: dicts, lists, text, numbers, true, false, null"
