"""Which backend a client shall use."""

from enum import Enum


class ClientChoise(str, Enum):
    """A backend by name, or the best one that is installed. (`ClientChoice` is the same object.)"""

    AUTO = "auto"
    AIOHTTP = "aiohttp"
    HTTPX = "httpx"


ClientChoice = ClientChoise
