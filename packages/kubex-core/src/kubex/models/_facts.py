"""What a kind is on the server: group, version, plural, scope and subresources."""

from dataclasses import dataclass, field
from typing import Protocol


class Kinded(Protocol):
    """What a body says of itself."""

    @property
    def api_version(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document that has no path of its own, such as `Scale`."""

    api_version: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFacts:
    """The place of a kind in the Kubernetes API; one immutable value per class.

    `plural` is data and never guessed from the kind. `group` is empty for the core group.
    See https://kubernetes.io/docs/reference/using-api/api-concepts/.
    """

    version: str
    kind: str
    plural: str
    group: str = ""
    subresources: frozenset[str] = field(default_factory=frozenset[str])

    def __post_init__(self) -> None:
        for name in ("version", "kind", "plural"):
            if not getattr(self, name):
                raise ValueError(
                    f"ResourceFacts needs a {name}: it is part of every path and body and is never guessed"
                )
        object.__setattr__(self, "subresources", frozenset(self.subresources))

    @property
    def api_version(self) -> str:
        """The `apiVersion` of bodies: `v1`, or `group/version`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """The name messages use: `pods`, or `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural
