"""The exceptions of the generator."""

from collections.abc import Iterable


class CodegenError(Exception):
    """Models cannot be generated from the input. The message names the input and the remedy."""


def no_such_groups(where: str, missing: Iterable[str], served: Iterable[str]) -> str:
    """Return an error message with the missing groups and the existing groups."""
    return f"{where} does not serve {', '.join(sorted(missing))}; its groups are {', '.join(sorted(served)) or 'none'}"
