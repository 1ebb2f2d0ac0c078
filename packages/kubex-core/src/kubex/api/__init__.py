"""`Api[T]`: typed verbs for one kind of the Kubernetes API."""

from kubex.api._api import Api, create_api
from kubex.api._logs import Logs, LogStream
from kubex.api._pages import Pages
from kubex.api._reads import Reads
from kubex.api._watch import Watch

__all__ = ["Api", "LogStream", "Logs", "Pages", "Reads", "Watch", "create_api"]
