"""The results of `api.raw`: objects as JSON, with the metadata that identifies them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from kubex.errors import DecodeError
from kubex.models import EventType, ListMeta


# Programs keep many raw objects. With gc=False, the garbage collector does not visit them.
class RawObject(msgspec.Struct, frozen=True, gc=False):
    """An object as JSON, with the metadata that identifies it and its version.

    `json` does not contain `managedFields`, unless the metadata class of the kind has them. The items of a list do not
    contain `apiVersion` and `kind`. `name` is empty in bookmarks.
    """

    name: str
    namespace: str | None
    uid: str | None
    resource_version: str | None
    generation: int | None
    json: bytes

    # The JSON can contain secrets, so it is not shown. Rich uses the second method, which msgspec defines, too.

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"RawObject({fields})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        names = ("name", "namespace", "uid", "resource_version", "generation")
        return [(name, getattr(self, name)) for name in names]


class RawEvent(msgspec.Struct, frozen=True, gc=False):
    """A change of an object. The object has its state after the change, or before it was deleted.

    The `object` of a `BOOKMARK` or `INITIAL_EVENTS_END` event does not have a name.
    """

    type: EventType
    object: RawObject

    @property
    def resource_version(self) -> str | None:
        """The resource version of the event. A watch that starts from it continues after the event."""
        return self.object.resource_version


@dataclass(frozen=True, slots=True)
class RawList:
    """The items of a list, or of one page.

    `errors` contains an error for each item that cannot be identified, because its metadata is malformed or does not
    have a name. These items are not in `items`.
    """

    items: list[RawObject]
    errors: list[DecodeError]
    metadata: ListMeta

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[RawObject]:
        return iter(self.items)

    @property
    def resource_version(self) -> str | None:
        """The resource version of the list. A watch that starts from it reports every later change."""
        return self.metadata.resource_version

    @property
    def continue_token(self) -> str | None:
        """The token for the next page; None for the last page."""
        return self.metadata.continue_ or None

    @property
    def remaining_item_count(self) -> int | None:
        """The number of items after this page, if the server knows it."""
        return self.metadata.remaining_item_count
