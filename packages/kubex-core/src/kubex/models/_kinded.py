"""What bodies say of themselves."""

from dataclasses import dataclass
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
