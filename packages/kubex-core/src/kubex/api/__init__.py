"""`Api[T]`: typed verbs for one kind of the Kubernetes API."""

from kubex.api._api import Api, create_api
from kubex.api._creations import Eviction, Tokens
from kubex.api._logs import Logs, LogStream
from kubex.api._pages import Pages
from kubex.api._reads import Reads
from kubex.api._reviews import create_review
from kubex.api._subresource import Subresource
from kubex.api._watch import Watch

__all__ = [
    "Api",
    "Eviction",
    "LogStream",
    "Logs",
    "Pages",
    "Reads",
    "Subresource",
    "Tokens",
    "Watch",
    "create_api",
    "create_review",
]
