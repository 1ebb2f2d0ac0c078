"""The configuration of an exec plugin, and its checks. No error shows an argument or the value of a variable."""

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from kubex.core._error_handling import hide_arguments
from kubex.errors import ConfigurationError

InteractiveMode = Literal["Never", "IfAvailable", "Always"]

API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")

EXEC_TIMEOUT = 60.0
"""The default time limit of a run, in seconds."""

Problem = tuple[str, str]
"""The name of a field, and the problem."""


@hide_arguments
@dataclass(frozen=True, kw_only=True, slots=True)
class ExecPlugin:
    """A program that prints credentials, like `exec` of a user in a kubeconfig.

    Raises `ConfigurationError` (a `ValueError`), naming the field, for invalid values.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
    """

    command: str
    """The name of a program on PATH, or a path. It is run without a shell."""
    args: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Environment variables in addition to those of this process."""
    api_version: str = "client.authentication.k8s.io/v1"
    """The version of `ExecCredential`, `client.authentication.k8s.io/v1` or `client.authentication.k8s.io/v1beta1`."""
    install_hint: str | None = None
    """How to install the program; part of the error if it is missing."""
    provide_cluster_info: bool = False
    """Pass the cluster to the program."""
    interactive_mode: InteractiveMode = "IfAvailable"
    """Whether the program can, or must, prompt on standard input. It gets standard input only if that is a terminal."""
    cluster_config: object = field(default=None, repr=False)
    """A JSON value for the program, from the extension `client.authentication.k8s.io/exec` of the cluster."""
    timeout: float | None = EXEC_TIMEOUT
    """The time limit of a run in seconds, including prompts to the user; None disables it."""

    def __post_init__(self) -> None:
        validate(self)


def validate(plugin: ExecPlugin) -> None:
    """Raise `ConfigurationError` for the first invalid field."""
    checks = (
        _command(plugin.command),
        _args(plugin.args),
        _env(plugin.env),
        _one_of("api_version", plugin.api_version, API_VERSIONS),
        _one_of("interactive_mode", plugin.interactive_mode, get_args(InteractiveMode)),
        _instance("provide_cluster_info", plugin.provide_cluster_info, bool),
        _hint(plugin.install_hint),
        _timeout(plugin.timeout),
        _cluster_config(plugin.cluster_config),
    )
    for check in checks:
        for name, problem in check:
            raise ConfigurationError(problem, source="ExecPlugin", field=name)


def _instance(field: str, value: object, expected: type) -> Iterator[Problem]:
    if not isinstance(value, expected):
        yield field, f"must be a {expected.__name__}, not {type(value).__name__}"


def _one_of(field: str, value: object, known: tuple[str, ...]) -> Iterator[Problem]:
    if value not in known:
        yield field, f"{value!r} is not supported; use {', '.join(known)}"


def _text(field: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield field, f"must be a str, not {type(value).__name__}"
    elif "\0" in value or not _encodable(value):
        yield field, "contains a NUL character or an unpaired surrogate, which cannot be passed to a program"


def _encodable(value: str) -> bool:
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return False
    return True


def _command(command: str) -> Iterator[Problem]:
    yield from _text("command", command)
    if not command:
        yield "command", "is empty; write the name of a program on PATH, or a path"


def _args(args: Any) -> Iterator[Problem]:
    yield from _instance("args", args, tuple)
    for position, arg in enumerate(args):
        yield from _text(f"args[{position}]", arg)


def _env(env: Any) -> Iterator[Problem]:
    yield from _instance("env", env, Mapping)
    for name, value in env.items():
        yield from _text("env", name)
        if not name or "=" in name:
            yield "env", "the name of a variable must not be empty or contain ="
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
        yield "timeout", f"must be more than 0 seconds, not {timeout}; None disables the limit"


def _cluster_config(config: object) -> Iterator[Problem]:
    try:
        json.dumps(config, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        yield (
            "cluster_config",
            "is not JSON serializable; use dicts with str keys, lists, str, int, finite float, bool and None",
        )
