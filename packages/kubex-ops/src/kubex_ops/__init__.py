"""Apply, compare and delete sets of objects, for asyncio and trio."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex_ops._apply import apply
    from kubex_ops._delete import delete
    from kubex_ops._plan.conditions import WaitTypes
    from kubex_ops._report import Outcome, Report, Result
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Outcome": "_report",
            "Report": "_report",
            "Result": "_report",
            "WaitTypes": "_plan.conditions",
            "apply": "_apply",
            "delete": "_delete",
        },
    )

__all__ = ["Outcome", "Report", "Result", "WaitTypes", "apply", "delete"]
