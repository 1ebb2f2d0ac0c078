"""Python warnings for the `Warning` headers of API servers."""

from collections.abc import Iterable
from typing import NoReturn

from kubex.core._warn import warn_caller
from kubex.errors import ApiWarning, KubexError


def warn_result(texts: Iterable[str], result: object) -> None:
    """Issue a warning for each text at the user's line; if the user turned it into an error, that has the `result`."""
    for text in texts:
        warning = ApiWarning(text)
        warning.result = result
        warn_caller(warning)


def raise_with_warnings(error: KubexError, texts: Iterable[str]) -> NoReturn:
    """Issue a warning for each text, then raise the error, also if the user turned warnings into errors."""
    try:
        warn_result(texts, None)
    except ApiWarning as warning:
        raise error from warning
    raise error
