"""Exec, attach and port-forward over WebSockets."""

from kubex.core._exec_errors import ExecResult
from kubex.streaming._exec import Input
from kubex.streaming._process import Output, OutputReader, Process, StdinWriter

__all__ = ["ExecResult", "Input", "Output", "OutputReader", "Process", "StdinWriter"]
