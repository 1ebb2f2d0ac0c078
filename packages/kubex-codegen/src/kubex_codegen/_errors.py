"""What the generator raises."""

from collections.abc import Iterable


class CodegenError(Exception):
    """The input cannot be turned into models; the message names it and the remedy."""


def no_such_groups(where: str, missing: Iterable[str], served: Iterable[str]) -> str:
    """Say which groups were asked for in vain, and which there are."""
    return f"{where} has no kind of {', '.join(sorted(missing))}; its groups are {', '.join(sorted(served)) or 'none'}"
