"""The collection that a reflector follows."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from kubex.api import RawApi, RawList, RawWatch
from kubex.core.params import NamespaceTypes
from kubex.models import Resource
from kubex.selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex_runtime._machine.steps import ListStep, WatchStep

T = TypeVar("T", bound=Resource)


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """The requests for a collection: the objects of a namespace that match selectors."""

    raw: RawApi[T]
    namespace: NamespaceTypes = ...
    label_selector: LabelSelectorTypes = None
    field_selector: FieldSelectorTypes = None

    async def list(self, step: ListStep) -> RawList:
        """Request a page."""
        return await self.raw.list(
            namespace=self.namespace,
            label_selector=self.label_selector,
            field_selector=self.field_selector,
            limit=step.limit,
            continue_token=step.continue_token,
            resource_version=step.resource_version,
            resource_version_match="NotOlderThan" if step.resource_version else None,
        )

    def watch(self, step: WatchStep) -> RawWatch:
        """Return a watch, which is not open yet."""
        return self.raw.watch(
            namespace=self.namespace,
            label_selector=self.label_selector,
            field_selector=self.field_selector,
            resource_version=step.resource_version,
            send_initial_events=True if step.initial_events else None,
            bookmarks=True,
            timeout_seconds=step.timeout_seconds,
        )
