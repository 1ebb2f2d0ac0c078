"""Lines of the logs of several containers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class LogSource:
    """The container that wrote a line."""

    namespace: str
    pod: str
    container: str

    def __str__(self) -> str:
        return f"[pod/{self.pod}/{self.container}]"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line and the container that wrote it. `str(line)` is the text with a prefix: `[pod/web-0/app] text`."""

    source: LogSource
    text: str

    @property
    def namespace(self) -> str:
        """The namespace of the pod."""
        return self.source.namespace

    @property
    def pod(self) -> str:
        """The name of the pod."""
        return self.source.pod

    @property
    def container(self) -> str:
        """The name of the container."""
        return self.source.container

    def __str__(self) -> str:
        return f"{self.source} {self.text}"


LogErrorCallback: TypeAlias = Callable[[LogSource, Exception], object]
"""A function that receives the error of one container."""
