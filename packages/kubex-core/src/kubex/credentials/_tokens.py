"""Bearer tokens: read them from files, check them, and read the expiry of a JWT."""

import base64
import json
import math
import os

from kubex.credentials._file_io import read_text
from kubex.errors import ConfigurationError


def read_token(path: str | os.PathLike[str], *, field: str = "token_file") -> str:
    """Read a token from a file, without surrounding whitespace; raises `ConfigurationError`."""
    token = read_text(path, field=field).strip()
    if problem := token_problem(token):
        raise ConfigurationError(problem, source=os.fspath(path), field=field)
    return token


def token_problem(token: str) -> str | None:
    """Describe why a token cannot be sent in a header, without showing it; None if it can."""
    if not token:
        return "is empty; write a token"
    if not token.isascii() or not token.isprintable() or " " in token:
        return "is not a token: it contains whitespace, control characters or non-ASCII characters"
    return None


def jwt_expiry(token: str) -> float | None:
    """Return the `exp` claim of a JWT in seconds since 1970; None without one, or if the token is not a JWT."""
    # The signature is not verified: only the API server has the keys, and the expiry is only used to renew in time.
    parts = token.split(".")
    if len(parts) != 3:
        return None
    payload = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        expiry = json.loads(base64.urlsafe_b64decode(payload))["exp"]
        return float(expiry) if isinstance(expiry, int | float) and math.isfinite(expiry) else None
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None
