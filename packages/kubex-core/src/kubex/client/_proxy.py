"""Which proxy stands between a client and its API server."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from kubex.client._no_proxy import bypasses_proxy
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
    Raises `ConfigurationError` for a URL that is no HTTP proxy's.
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
