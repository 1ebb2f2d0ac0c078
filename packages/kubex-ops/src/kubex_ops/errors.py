"""The exceptions of kubex_ops. Like all exceptions of Kubex, they derive from `kubex.errors.KubexError`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubex.errors import KubexError
from kubex_ops._plan.apply_set_error import ApplySetError

if TYPE_CHECKING:
    from kubex_ops._report import Report

__all__ = ["ApplySetError", "OperationError"]

ApplySetError.__module__ = __name__  # tracebacks contain the name of the module that users import

# The message contains this number of errors and counts the others.
_MAX_ERRORS = 10


@dataclass(eq=False, repr=False)
class OperationError(KubexError):
    """At least one object of a set could not be applied or deleted, or did not become ready in time.

    `report` has the outcome of every object. The cause is the first error.
    """

    report: Report

    def __str__(self) -> str:
        failures = self.report.failures
        lines = [f"{len(failures)} of {len(self.report.results)} objects failed ({self.report})"]
        lines += [f"  {failure.document}: {failure.error}" for failure in failures[:_MAX_ERRORS]]
        if len(failures) > _MAX_ERRORS:
            lines.append(f"  and {len(failures) - _MAX_ERRORS} more")
        return "\n".join(lines)
