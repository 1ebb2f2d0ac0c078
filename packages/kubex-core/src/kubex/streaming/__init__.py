"""Exec, attach and port-forward over WebSockets."""

from kubex.core._exec_errors import ExecResult
from kubex.streaming._exec import Input
from kubex.streaming._file_transfer import Progress
from kubex.streaming._output import Output
from kubex.streaming._port_listener import ErrorCallback, PortListener
from kubex.streaming._port_stream import PortStream
from kubex.streaming._process import OutputReader, Process, StdinWriter

__all__ = [
    "ErrorCallback",
    "ExecResult",
    "Input",
    "Output",
    "OutputReader",
    "PortListener",
    "PortStream",
    "Process",
    "Progress",
    "StdinWriter",
]
