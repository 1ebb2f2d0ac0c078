"""What a user of a kubeconfig says beside tokens, passwords and certificates: how to get one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kubex.credentials._exec_validation import validate

InteractiveMode = Literal["Never", "IfAvailable", "Always"]

EXEC_TIMEOUT = 60.0
"""Seconds that a plugin may take, unless its settings say otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecPlugin:
    """A program that prints credentials, as `exec` of a user in a kubeconfig describes it.

    Raises `ConfigurationError` (a `ValueError`) for what cannot be run.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
    """

    command: str
    """A program on PATH, or a path; never a shell's command line."""
    args: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Variables beside those of this process."""
    api_version: str = "client.authentication.k8s.io/v1"
    """Of `ExecCredential`: `client.authentication.k8s.io/v1` or `client.authentication.k8s.io/v1beta1`."""
    install_hint: str | None = None
    """What to tell a user who does not have the program."""
    provide_cluster_info: bool = False
    """Whether the program is told which cluster it is for."""
    interactive_mode: InteractiveMode = "IfAvailable"
    """Whether the program may, or must, ask on standard input, which it is given only if that is a terminal."""
    cluster_config: object = field(default=None, repr=False)
    """JSON for the program from the cluster's extension `client.authentication.k8s.io/exec`."""
    timeout: float | None = EXEC_TIMEOUT
    """Seconds that it may take, a user who is asked included; None is no limit."""

    def __post_init__(self) -> None:
        validate(self)
