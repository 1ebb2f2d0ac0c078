"""`Warning` headers of the server become Python warnings."""

from collections.abc import Iterable

from kubex.core._caller import warn_caller
from kubex.errors import ApiWarning, KubexError


def warn_result(texts: Iterable[str], result: object) -> None:
    """Warn of each text at the user's line; a warning that is raised carries the result."""
    for text in texts:
        warning = ApiWarning(text)
        warning.result = result
        warn_caller(warning)


def raise_with_warnings(error: KubexError, texts: Iterable[str]) -> None:
    """Warn of each text, then raise the error, also where the warnings are errors themselves."""
    try:
        warn_result(texts, None)
    except ApiWarning as warning:
        raise error from warning
    raise error
