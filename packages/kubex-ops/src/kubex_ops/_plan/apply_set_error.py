"""The error of apply sets; users import it from `kubex_ops.errors`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubex.errors import KubexError

if TYPE_CHECKING:
    from kubex_ops._plan.apply_sets import ApplySet


@dataclass(eq=False, repr=False)
class ApplySetError(KubexError):
    """An apply set cannot be changed, for example because it belongs to another tool. `problem` contains the remedy."""

    apply_set: ApplySet
    problem: str

    def __str__(self) -> str:
        return f"apply set {self.apply_set}: {self.problem}"
