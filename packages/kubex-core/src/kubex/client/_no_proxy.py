"""The grammar of NO_PROXY as Go reads it, and so kubectl."""

import ipaddress
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def bypasses_proxy(url: str, no_proxy: str) -> bool:
    """Whether a URL is to be reached without the environment's proxy.

    | entry of `no_proxy` | what it matches |
    |---|---|
    | `*` | everything |
    | `10.0.0.0/8`, `fd00::/8` | addresses in that network |
    | `10.1.2.3`, `[fd00::1]` | that address |
    | `example.com` | that host and those below it |
    | `.example.com`, `*.example.com` | those below it only |
    | `host:8443` | the same, on that port only |

    localhost and loopback addresses are never reached by a proxy.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]
    return any(_matches(entry, host, address, port) for entry in entries if entry)


def _matches(
    entry: str, host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, port: int | None
) -> bool:
    if entry == "*":
        return True
    if (network := _network(entry)) is not None:
        return address is not None and address in network
    name, wanted_port = _split_port(entry)
    if wanted_port is not None and wanted_port != port:
        return False
    if (wanted := _address(name)) is not None:
        return wanted == address
    if address is not None:
        return False
    below = name.removeprefix("*")
    return host.endswith(below) if below.startswith(".") else host == below or host.endswith(f".{below}")


def _split_port(entry: str) -> tuple[str, int | None]:
    name, colon, port = entry.rpartition(":")
    if colon and port.isdecimal() and (":" not in name or name.endswith("]")):
        return name.removeprefix("[").removesuffix("]"), int(port)
    return entry.removeprefix("[").removesuffix("]"), None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if "/" not in entry:
        return None
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None
