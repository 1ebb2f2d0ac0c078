"""An API server in the test process, with real HTTP on the loopback interface and its state in memory."""

from ._cluster import Settings
from ._containers.files import ContainerFiles
from ._containers.ports import PortHandler, PortStream
from ._containers.process import CommandNotFoundError, ContainerProcess, ProcessHandler, TerminalSize
from ._faults import AddHeaders, Answer, Delay, Drop, Fault
from ._messages import Identity, RecordedRequest
from ._server import EmbeddedServer

__all__ = [
    "AddHeaders",
    "Answer",
    "CommandNotFoundError",
    "ContainerFiles",
    "ContainerProcess",
    "Delay",
    "Drop",
    "EmbeddedServer",
    "Fault",
    "Identity",
    "PortHandler",
    "PortStream",
    "ProcessHandler",
    "RecordedRequest",
    "Settings",
    "TerminalSize",
]
