"""The backend that a client uses."""

from enum import Enum


class ClientChoise(str, Enum):
    """The name of a backend, or AUTO for the installed backend with the highest priority.

    `ClientChoice` is another name for this class.
    """

    AUTO = "auto"
    AIOHTTP = "aiohttp"
    HTTPX = "httpx"


ClientChoice = ClientChoise
