"""Reading what credentials are made of, with errors that name the file and the field."""

import os
from pathlib import Path

from kubex.core.exceptions import ConfigurationError


def read_text(path: str | os.PathLike[str], *, field: str) -> str:
    """Read a small text file; raises `ConfigurationError`."""
    try:
        return Path(path).read_text("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError("is not text in UTF-8", source=os.fspath(path), field=field) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot be read: {reason}", source=os.fspath(path), field=field) from error


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
