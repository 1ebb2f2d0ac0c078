"""An API server in the test process, with real HTTP on the loopback interface and its state in memory."""

from ._cluster import Settings
from ._faults import AddHeaders, Answer, Delay, Drop, Fault
from ._messages import Identity, RecordedRequest
from ._server import EmbeddedServer

__all__ = [
    "AddHeaders",
    "Answer",
    "Delay",
    "Drop",
    "EmbeddedServer",
    "Fault",
    "Identity",
    "RecordedRequest",
    "Settings",
]
