"""An API server in the test process, with real HTTP on the loopback interface and its state in memory."""

from ._cluster import Settings
from ._containers.files import ContainerFiles
from ._containers.ports import PortHandler, PortStream
from ._containers.process import CommandNotFoundError, ContainerProcess, ProcessHandler, TerminalSize
from ._cron_job_hooks import CronJobHooks
from ._faults.base import Fault, FaultAction
from ._faults.conditions import ExpireContinue, Lag, NoBookmarks, NoStreamingList, Replay
from ._faults.responses import AddHeaders, Answer, Delay, Drop, Run, Slow, Throttle
from ._faults.watches import EndWatch, ErrorEvent, Garble, Silence
from ._messages import Identity, RecordedRequest
from ._pod_hooks import PodHooks
from ._server import EmbeddedServer
from ._snapshots import Snapshot
from ._write_log import Write

__all__ = [
    "AddHeaders",
    "Answer",
    "CommandNotFoundError",
    "ContainerFiles",
    "ContainerProcess",
    "CronJobHooks",
    "Delay",
    "Drop",
    "EmbeddedServer",
    "EndWatch",
    "ErrorEvent",
    "ExpireContinue",
    "Fault",
    "FaultAction",
    "Garble",
    "Identity",
    "Lag",
    "NoBookmarks",
    "NoStreamingList",
    "PodHooks",
    "PortHandler",
    "PortStream",
    "ProcessHandler",
    "RecordedRequest",
    "Replay",
    "Run",
    "Settings",
    "Silence",
    "Slow",
    "Snapshot",
    "TerminalSize",
    "Throttle",
    "Write",
]
