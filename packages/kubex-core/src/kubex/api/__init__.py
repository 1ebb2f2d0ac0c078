"""The API of one kind, with typed verbs: `Api`."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.api._api import Api, create_api
    from kubex.api._exec import Attach, Exec
    from kubex.api._files import Files
    from kubex.api._log_lines import LogErrorCallback, LogLine, LogSource
    from kubex.api._log_stream import LogBatches, LogStream
    from kubex.api._logs import Logs
    from kubex.api._merged_logs import ContinuousLogStream, MergedLogStream
    from kubex.api._metadata_api import MetadataApi
    from kubex.api._pages import Objects, Pages
    from kubex.api._port_forward import PortForward
    from kubex.api._raw_api import RawApi, RawWatch
    from kubex.api._raw_objects import RawEvent, RawList, RawObject
    from kubex.api._read_api import ReadApi
    from kubex.api._reviews import create_review
    from kubex.api._subresource import Subresource
    from kubex.api._watch import Watch
else:  # importing Api does not import the modules that only some kinds need
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Api": "_api",
            "Attach": "_exec",
            "ContinuousLogStream": "_merged_logs",
            "Exec": "_exec",
            "Files": "_files",
            "LogBatches": "_log_stream",
            "LogErrorCallback": "_log_lines",
            "LogLine": "_log_lines",
            "LogSource": "_log_lines",
            "LogStream": "_log_stream",
            "Logs": "_logs",
            "MergedLogStream": "_merged_logs",
            "MetadataApi": "_metadata_api",
            "Objects": "_pages",
            "Pages": "_pages",
            "PortForward": "_port_forward",
            "RawApi": "_raw_api",
            "RawEvent": "_raw_objects",
            "RawList": "_raw_objects",
            "RawObject": "_raw_objects",
            "RawWatch": "_raw_api",
            "ReadApi": "_read_api",
            "Subresource": "_subresource",
            "Watch": "_watch",
            "create_api": "_api",
            "create_review": "_reviews",
        },
    )

__all__ = [
    "Api",
    "Attach",
    "ContinuousLogStream",
    "Exec",
    "Files",
    "LogBatches",
    "LogErrorCallback",
    "LogLine",
    "LogSource",
    "LogStream",
    "Logs",
    "MergedLogStream",
    "MetadataApi",
    "Objects",
    "Pages",
    "PortForward",
    "RawApi",
    "RawEvent",
    "RawList",
    "RawObject",
    "RawWatch",
    "ReadApi",
    "Subresource",
    "Watch",
    "create_api",
    "create_review",
]
