"""Which proxy stands between a client and its API server."""

import os
import ssl
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

import anyio.to_thread

from kubex.client._netrc import with_netrc
from kubex.client._no_proxy import bypasses_proxy
from kubex.client._tls import build_proxy_context
from kubex.configuration import ClientConfiguration
from kubex.core._proxy import SCHEMES, Proxy, parse_proxy

ProxyOption = str | Mapping[str, str] | None


def resolve_proxies(
    option: ProxyOption,
    configuration: ClientConfiguration,
    *,
    trust_env: bool,
    environ: Mapping[str, str] = os.environ,
) -> Mapping[str, Proxy]:
    """Find the proxies by scheme of the request (`http`, `https`); none is an empty mapping.

    ClientOptions.proxy wins over the cluster's proxy-url, and that over the environment, if it is trusted.
    Raises `ConfigurationError` for a URL that is no proxy's.
    """
    if isinstance(option, str):
        return dict.fromkeys(SCHEMES, parse_proxy(option, source="ClientOptions", field="proxy"))
    if option is not None:
        return {
            scheme: parse_proxy(url, source="ClientOptions", field=f"proxy[{scheme!r}]")
            for scheme, url in option.items()
        }
    if (url := configuration.proxy_url) is not None:
        return dict.fromkeys(SCHEMES, parse_proxy(url, source="ClientConfiguration", field="proxy_url"))
    return _from_environment(configuration.url, environ) if trust_env else {}


async def complete_proxies(
    proxies: Mapping[str, Proxy], *, trust_env: bool, authorities: str | None, strict: bool
) -> tuple[Mapping[str, Proxy], ssl.SSLContext | None]:
    """Add what is read from disk: passwords of the netrc file, and TLS for proxies at https if there are any."""
    if trust_env and proxies:
        proxies = await anyio.to_thread.run_sync(with_netrc, proxies)
    context = None
    if any(proxy.scheme == "https" for proxy in proxies.values()):
        context = await anyio.to_thread.run_sync(partial(build_proxy_context, authorities, strict=strict))
    return proxies, context


def _from_environment(server_url: str, environ: Mapping[str, str]) -> Mapping[str, Proxy]:
    scheme = urlsplit(server_url).scheme
    for name in (f"{scheme}_proxy", "all_proxy"):
        url = environ.get(name.upper()) or environ.get(name)
        if url:
            no_proxy = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
            if bypasses_proxy(server_url, no_proxy):
                return {}
            url = url if "://" in url else f"http://{url}"
            return {scheme: parse_proxy(url, source="environment", field=name.upper())}
    return {}
