"""Check SOCKS proxies and HTTP/2: `with`|`without` and cases such as httpx-socks.

Without the extra, the error must name the extra to install.
"""

import sys

import kubex_aiohttp
import kubex_httpx
import kubex_httpx2
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError

BACKENDS = {each.BACKEND.name: each.BACKEND for each in (kubex_aiohttp, kubex_httpx, kubex_httpx2)}
OPTIONS = {"socks": ClientOptions(proxy="socks5://localhost:1"), "http2": ClientOptions(http2=True)}

for case in sys.argv[2:]:
    name, extra = case.split("-")
    message = ""
    try:
        Client(ClientConfiguration(url="https://localhost:1"), OPTIONS[extra], backend=BACKENDS[name])
    except BackendError as error:
        message = str(error)
    expected = f"kubex-{name}[{extra}]" if sys.argv[1] == "without" else ""
    assert expected in message, (case, message)
    assert bool(expected) == bool(message), (case, message)
