"""Credentials for proxies from the netrc file, with the same rules as curl and Python's HTTP libraries."""

import dataclasses
import logging
import os
from collections.abc import Mapping
from netrc import NetrcParseError, netrc
from pathlib import Path

from kubex.core._proxy import Proxy, socks_problem
from kubex.errors import ConfigurationError

logger = logging.getLogger(__name__)


def add_netrc_credentials(proxy: Proxy, environ: Mapping[str, str] = os.environ) -> Proxy:
    """Add the credentials of the netrc file to a proxy without credentials; blocks, so run it in a thread.

    The file is the one that `NETRC` names, else `~/.netrc` (on Windows also `~/_netrc`). If it cannot be read or
    parsed, a warning is logged, which does not quote the file, and the proxy does not change.
    """
    path = _file(environ) if proxy.username is None else None
    if path is None:
        return proxy
    try:
        entries = netrc(path).hosts
    except (OSError, ValueError, NetrcParseError) as error:  # the text of the last two can quote a password
        reason = error.strerror if isinstance(error, OSError) else "it does not follow the format"
        line = f" (line {error.lineno})" if isinstance(error, NetrcParseError) else ""
        logger.warning("%s is not used for the password of the proxy: %s%s", path, reason, line)
        return proxy
    # Python passes the hosts in the case of the file, but host names are case-insensitive.
    logins = {host.lower(): (login, password or "") for host, (login, _, password) in entries.items()}
    login = logins.get(proxy.host) or logins.get("default")
    if login is None:
        return proxy
    with_login = dataclasses.replace(proxy, username=login[0], password=login[1])
    if (problem := socks_problem(with_login)) is not None:
        raise ConfigurationError(problem, source=str(path), entry=f"machine {proxy.host}")
    return with_login


def _file(environ: Mapping[str, str]) -> Path | None:
    """Return the path of the file, or None. A path in `NETRC` does not need to exist."""
    if named := environ.get("NETRC"):
        return Path(named)
    home = environ.get("HOME") or environ.get("USERPROFILE")
    names = (".netrc", "_netrc") if os.name == "nt" else (".netrc",)
    return next((path for name in names if home and os.path.lexists(path := Path(home, name))), None)
