"""Select the proxy of a client, and load its credentials."""

import os
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

import anyio.to_thread

from kubex.client._netrc import add_netrc_credentials
from kubex.client._no_proxy import bypasses_proxy
from kubex.client._tls import build_proxy_context, proxy_tls_settings
from kubex.configuration import ClientConfiguration
from kubex.core._proxy import Proxy, parse_proxy
from kubex.core._warnings import warn_caller
from kubex.transport import TLSSettings

ProxyOption = str | Mapping[str, str] | None


def select_proxy(
    option: ProxyOption,
    configuration: ClientConfiguration,
    *,
    trust_env: bool,
    environ: Mapping[str, str] = os.environ,
    warn: Callable[[str], object] = warn_caller,
) -> Proxy | None:
    """Return the proxy for connections to the server, or None.

    `ClientOptions.proxy` has priority over the `proxy_url` of the configuration, and that over the environment, if it
    is trusted. Warns if the option makes `proxy_url` useless. Raises `ConfigurationError` for an invalid URL.
    """
    scheme = urlsplit(configuration.url).scheme
    configured_url = configuration.proxy_url
    if option is not None:
        field = "proxy" if isinstance(option, str) else f"proxy[{scheme!r}]"
        url = option if isinstance(option, str) else option.get(scheme)
        if configured_url is not None and configured_url != url:
            without = "connects without a proxy, because it does not have an entry"
            effect = f"{without} for" if url is None else "is the proxy for"
            warn(
                f"ClientOptions.proxy {effect} {scheme} servers, so the proxy_url of the configuration (proxy-url in a "
                "kubeconfig) is not used; remove one of them"
            )
        return None if url is None else parse_proxy(url, source="ClientOptions", field=field)
    if configured_url is not None:
        return parse_proxy(configured_url, source="ClientConfiguration", field="proxy_url")
    return _from_environment(configuration.url, environ) if trust_env else None


async def load_proxy_credentials(
    proxy: Proxy | None, *, trust_env: bool, authorities: str | None, strict: bool
) -> tuple[Proxy | None, ssl.SSLContext | None, TLSSettings | None]:
    """Read the password from the netrc file, and build the SSL context of an HTTPS proxy."""
    if proxy is not None and trust_env:
        proxy = await anyio.to_thread.run_sync(add_netrc_credentials, proxy)
    if proxy is None or proxy.scheme != "https":
        return proxy, None, None
    context = await anyio.to_thread.run_sync(partial(build_proxy_context, authorities, strict=strict))
    return proxy, context, proxy_tls_settings(authorities, strict=strict)


def _from_environment(server_url: str, environ: Mapping[str, str]) -> Proxy | None:
    scheme = urlsplit(server_url).scheme
    for name in (f"{scheme}_proxy", "all_proxy"):
        url = environ.get(name.upper()) or environ.get(name)
        if url:
            no_proxy = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
            if bypasses_proxy(server_url, no_proxy):
                return None
            url = url if "://" in url else f"http://{url}"
            return parse_proxy(url, source="environment", field=name.upper())
    return None
