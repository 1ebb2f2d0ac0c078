"""Large lists, a page at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar, cast

from typing_extensions import Self

from kubex.api._options import ListOptions
from kubex.errors import Expired
from kubex.models import Resource, ResourceList
from kubex.models._lazy.lazy_list import LazyList

T = TypeVar("T", bound=Resource)


class Pages(Generic[T]):
    """Iterates pages: `async for page in api.pages()`. Only the page at hand is kept.

    The pages are one consistent snapshot. Where the server has forgotten it on the way, it offers to go on with the
    present state: that is taken, and `consistent` turns False.
    """

    def __init__(self, options: ListOptions, fetch: Callable[[ListOptions], Awaitable[ResourceList[T]]]) -> None:
        self._options = options
        self._fetch = fetch
        self._ended = False
        self.consistent = True
        """Whether all pages so far are of one revision."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ResourceList[T]:
        if self._ended:
            raise StopAsyncIteration
        try:
            page = await self._fetch(self._options)
        except Expired as error:
            token = error.continue_token
            if self._options.continue_token is None or not token:
                raise
            self.consistent = False
            self._continue_with(token)
            page = await self._fetch(self._options)
        token = page.metadata.continue_
        if token:
            self._continue_with(token)
        else:
            self._ended = True
        return page

    def _continue_with(self, token: str) -> None:
        # The token holds the revision: the server refuses a resourceVersion beside it.
        self._options = self._options.replace(continue_token=token, resource_version=None, resource_version_match=None)


class Objects(Generic[T]):
    """Iterates objects: `async for pod in api.iterate()`. Only the JSON of the present page is kept.

    After a DecodeError, which names an object, the iteration can be continued with the next one.
    """

    def __init__(self, pages: Pages[T]) -> None:
        self._pages = pages
        self._items = LazyList[T]()

    @property
    def consistent(self) -> bool:
        """Whether all objects so far are of one revision; see `Pages`."""
        return self._pages.consistent

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._items:
            page = await self._pages.__anext__()
            self._items = cast("LazyList[T]", page.items)
        return self._items.pop_first()
