# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of events/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._event import Event, EventSeries
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Event": "_event",
            "EventSeries": "_event",
        },
    )

__all__ = [
    "Event",
    "EventSeries",
]
