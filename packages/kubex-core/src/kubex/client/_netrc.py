"""Passwords of proxies from the netrc file, as curl and Python's HTTP libraries look them up."""

import dataclasses
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

from kubex.core._proxy import Proxy, socks_problem
from kubex.core.exceptions import ConfigurationError

logger = logging.getLogger(__name__)

# A word, which may stand in quotes; a backslash takes the next character as it is.
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)', re.DOTALL)
_PARTS = ("login", "user", "account", "password")

Login = tuple[str, str]
"""A user name and a password."""


def with_netrc(proxies: Mapping[str, Proxy], environ: Mapping[str, str] = os.environ) -> Mapping[str, Proxy]:
    """Give the proxies without credentials those of the netrc file; blocks, so run it in a thread.

    The file is the one that `NETRC` names, else `~/.netrc` (on Windows also `~/_netrc`). One that cannot be read or
    understood is logged as a warning, which shows nothing of it, and the proxies stay as they are.
    """
    wanting = {proxy.host for proxy in proxies.values() if proxy.username is None}
    path = _file(environ) if wanting else None
    if path is None:
        return proxies
    try:
        logins = parse_netrc(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it does not follow the format"
        logger.warning("%s is not used for the password of the proxy: %s", path, reason)
        return proxies
    return {scheme: _with_login(proxy, logins, path) for scheme, proxy in proxies.items()}


def _with_login(proxy: Proxy, logins: Mapping[str | None, Login], path: Path) -> Proxy:
    login = logins.get(proxy.host) or logins.get(None)
    if proxy.username is not None or login is None:
        return proxy
    complete = dataclasses.replace(proxy, username=login[0], password=login[1])
    if (problem := socks_problem(complete)) is not None:
        raise ConfigurationError(problem, source=str(path), entry=f"machine {proxy.host}")
    return complete


def parse_netrc(text: str) -> Mapping[str | None, Login]:
    """Read user names and passwords by host in lower case; None stands for `default`. The first of a host counts.

    A `#` begins a comment only where an entry or a part of one may begin, so passwords may hold it: Python's own
    module differs in that from version to version. Raises ValueError, without the text, for what is no netrc file.
    """
    words = _Words(text)
    entries: list[tuple[str | None, dict[str, str]]] = []
    while (word := words.next()) is not None:
        if word.startswith("#"):
            words.skip_past("\n")
        elif word == "macdef":
            words.skip_past("\n\n")
        elif word in ("machine", "default"):
            entries.append((words.value().lower() if word == "machine" else None, {}))
        elif word in _PARTS and entries:
            entries[-1][1][word] = words.value()
        else:
            raise ValueError("a word that is no part of an entry")
    return {
        host: (entry.get("login", entry.get("user", "")), entry.get("password", ""))
        for host, entry in reversed(entries)
    }


class _Words:
    """Cuts the text into words."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def next(self) -> str | None:
        """Return the next word, None at the end."""
        found = _WORD.search(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        quoted, plain = found.groups()
        return re.sub(r"\\(.)", r"\1", plain if quoted is None else quoted, flags=re.DOTALL)

    def value(self) -> str:
        """Return the next word; raises ValueError at the end."""
        value = self.next()
        if value is None:
            raise ValueError("ends in the middle of an entry")
        return value

    def skip_past(self, end: str) -> None:
        """Leave out everything up to the next `end`, or the rest."""
        found = self._text.find(end, self._at)
        self._at = len(self._text) if found < 0 else found + len(end)


def _file(environ: Mapping[str, str]) -> Path | None:
    """Name the file; None where there is none. One that was named by `NETRC` counts as being there."""
    if named := environ.get("NETRC"):
        return Path(named)
    home = environ.get("HOME") or environ.get("USERPROFILE")
    names = (".netrc", "_netrc") if os.name == "nt" else (".netrc",)
    return next((path for name in names if home and os.path.lexists(path := Path(home, name))), None)
