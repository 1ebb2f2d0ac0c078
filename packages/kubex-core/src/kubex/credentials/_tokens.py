"""Bearer tokens: reading them from files, checking them, and the expiry of a JWT."""

import base64
import json
import math
import os

from kubex.credentials._file_io import read_text
from kubex.errors import ConfigurationError


def read_token(path: str | os.PathLike[str], *, field: str = "token_file") -> str:
    """Read a token from its file, without the white space around it; raises `ConfigurationError`."""
    token = read_text(path, field=field).strip()
    if problem := token_problem(token):
        raise ConfigurationError(problem, source=os.fspath(path), field=field)
    return token


def token_problem(token: str) -> str | None:
    """Say why a header cannot carry a token, without showing it; None if it can."""
    if not token:
        return "holds no token"
    if not token.isascii() or not token.isprintable() or " " in token:
        return "is not a token: it holds white space, control characters or characters that are not ASCII"
    return None


def jwt_expiry(token: str) -> float | None:
    """Return when a JWT expires, in seconds since 1970; None if it does not say so or is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    payload = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        when = json.loads(base64.urlsafe_b64decode(payload))["exp"]
        return float(when) if isinstance(when, int | float) and math.isfinite(when) else None
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None
