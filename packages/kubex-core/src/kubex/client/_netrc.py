"""Passwords of proxies from the netrc file, as curl and Python's HTTP libraries look them up."""

import dataclasses
import logging
import os
from collections.abc import Mapping
from netrc import NetrcParseError, netrc
from pathlib import Path

from kubex.core._proxy import Proxy, socks_problem
from kubex.core.exceptions import ConfigurationError

logger = logging.getLogger(__name__)


def with_netrc(proxies: Mapping[str, Proxy], environ: Mapping[str, str] = os.environ) -> Mapping[str, Proxy]:
    """Give the proxies without credentials those of the netrc file; blocks, so run it in a thread.

    The file is the one that `NETRC` names, else `~/.netrc` (on Windows also `~/_netrc`). If it cannot be read or
    parsed, a warning is logged, which does not quote the file, and the proxies do not change.
    """
    wanting = {proxy.host for proxy in proxies.values() if proxy.username is None}
    path = _file(environ) if wanting else None
    if path is None:
        return proxies
    try:
        entries = netrc(path).hosts
    except (OSError, ValueError, NetrcParseError) as error:  # the text of the last two can quote a password
        reason = error.strerror if isinstance(error, OSError) else "it does not follow the format"
        line = f" (line {error.lineno})" if isinstance(error, NetrcParseError) else ""
        logger.warning("%s is not used for the password of the proxy: %s%s", path, reason, line)
        return proxies
    logins = {host.lower(): (login, password or "") for host, (login, _, password) in entries.items()}
    return {scheme: _with_login(proxy, logins, path) for scheme, proxy in proxies.items()}


def _with_login(proxy: Proxy, logins: Mapping[str, tuple[str, str]], path: Path) -> Proxy:
    login = logins.get(proxy.host) or logins.get("default")
    if proxy.username is not None or login is None:
        return proxy
    complete = dataclasses.replace(proxy, username=login[0], password=login[1])
    if (problem := socks_problem(complete)) is not None:
        raise ConfigurationError(problem, source=str(path), entry=f"machine {proxy.host}")
    return complete


def _file(environ: Mapping[str, str]) -> Path | None:
    """Return the path of the file, or None if there is no file. The one that `NETRC` names need not exist."""
    if named := environ.get("NETRC"):
        return Path(named)
    home = environ.get("HOME") or environ.get("USERPROFILE")
    names = (".netrc", "_netrc") if os.name == "nt" else (".netrc",)
    return next((path for name in names if home and os.path.lexists(path := Path(home, name))), None)
