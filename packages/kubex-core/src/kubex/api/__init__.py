"""The API of one kind, with typed verbs: `Api`."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.api._api import Api, create_api
    from kubex.api._logs import LogBatches, Logs, LogStream
    from kubex.api._pages import Objects, Pages
    from kubex.api._read_api import ReadApi
    from kubex.api._reviews import create_review
    from kubex.api._subresource import Subresource
    from kubex.api._watch import Watch
else:  # importing Api does not import the modules that only some kinds need
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Api": "_api",
            "LogBatches": "_logs",
            "LogStream": "_logs",
            "Logs": "_logs",
            "Objects": "_pages",
            "Pages": "_pages",
            "ReadApi": "_read_api",
            "Subresource": "_subresource",
            "Watch": "_watch",
            "create_api": "_api",
            "create_review": "_reviews",
        },
    )

__all__ = [
    "Api",
    "LogBatches",
    "LogStream",
    "Logs",
    "Objects",
    "Pages",
    "ReadApi",
    "Subresource",
    "Watch",
    "create_api",
    "create_review",
]
