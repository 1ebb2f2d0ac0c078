"""The environment variable NO_PROXY, with the rules of Go and kubectl."""

import ipaddress
from typing import TypeAlias
from urllib.parse import urlsplit

from kubex.core._urls import ascii_host

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443}


def bypasses_proxy(url: str, no_proxy: str) -> bool:
    """Return whether connections to a URL bypass the proxy of the environment.

    | entry of `no_proxy` | matches |
    |---|---|
    | `*` | every host |
    | `10.0.0.0/8`, `fd00::/8` | addresses in this network |
    | `10.1.2.3`, `[fd00::1]` | this address |
    | `example.com` | this host and its subdomains |
    | `.example.com`, `*.example.com` | its subdomains only |
    | `example.com:8443` | the same as without the port, but only on this port |

    localhost and loopback addresses always bypass the proxy.
    """
    parts = urlsplit(url)
    host = ascii_host((parts.hostname or "").rstrip("."))
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    address = _address(host.partition("%")[0])
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]
    return any(_matches(entry, host, address, str(port)) for entry in entries if entry)


def _matches(entry: str, host: str, address: Address | None, port: str) -> bool:
    if entry == "*":
        return True
    if (network := _network(entry)) is not None:
        return address is not None and address in network
    name, wanted_port = _split_port(entry)
    if wanted_port not in ("", port):
        return False
    wanted = None if "%" in name else _address(name)
    if wanted is not None or address is not None:
        return wanted == address
    domain = name.removeprefix("*") if name.startswith("*.") else name
    domain, subdomains_only = ascii_host(domain.removeprefix(".")), domain[:1] == "."
    return bool(domain) and (host.endswith(f".{domain}") or (host == domain and not subdomains_only))


def _split_port(entry: str) -> tuple[str, str]:
    name, colon, port = entry.rpartition(":")
    if colon and (":" not in name or name.endswith("]")):
        return name.removeprefix("[").removesuffix("]"), port
    return entry.removeprefix("[").removesuffix("]"), ""


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address  # ::ffff:10.1.2.3 is 10.1.2.3


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if "/" not in entry:
        return None
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None
