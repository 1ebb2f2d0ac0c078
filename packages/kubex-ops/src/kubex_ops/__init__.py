"""Apply, compare and delete sets of objects, for asyncio and trio."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex_ops._adopt import adopt, remove
    from kubex_ops._apply import apply
    from kubex_ops._change import Change
    from kubex_ops._delete import delete
    from kubex_ops._diff import diff
    from kubex_ops._plan.apply_sets import ApplySet
    from kubex_ops._plan.conditions import WaitTypes
    from kubex_ops._report import Outcome, Report, Result
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ApplySet": "_plan.apply_sets",
            "Change": "_change",
            "Outcome": "_report",
            "Report": "_report",
            "Result": "_report",
            "WaitTypes": "_plan.conditions",
            "adopt": "_adopt",
            "apply": "_apply",
            "delete": "_delete",
            "diff": "_diff",
            "remove": "_adopt",
        },
    )

__all__ = [
    "ApplySet",
    "Change",
    "Outcome",
    "Report",
    "Result",
    "WaitTypes",
    "adopt",
    "apply",
    "delete",
    "diff",
    "remove",
]
