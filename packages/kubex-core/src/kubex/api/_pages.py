"""Iterators over large lists, which request one page at a time."""

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
    """Iterates over the pages of a list: `async for page in api.pages()`. Keeps only the current page in memory.

    All pages have the same resource version. If the server no longer has this version, it offers to continue with the
    current state. The iteration then continues, and `consistent` becomes False.
    """

    def __init__(self, options: ListOptions, fetch: Callable[[ListOptions], Awaitable[ResourceList[T]]]) -> None:
        self._options = options
        self._fetch = fetch
        self._ended = False
        self.consistent = True
        """Whether all pages so far have the same resource version."""

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
        # The token contains the resource version, and the server rejects a request with both.
        self._options = self._options.replace(continue_token=token, resource_version=None, resource_version_match=None)


class Objects(Generic[T]):
    """Iterates over the objects of a list: `async for pod in api.iterate()`.

    Keeps only the JSON of the current page in memory. After a DecodeError, which names the object, you can continue
    the iteration with the next object.
    """

    def __init__(self, pages: Pages[T]) -> None:
        self._pages = pages
        self._items = LazyList[T]()

    @property
    def consistent(self) -> bool:
        """Whether all objects so far are from the same resource version; see `Pages`."""
        return self._pages.consistent

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._items:  # a page can be empty and still have a continue token
            page = await self._pages.__anext__()
            self._items = cast("LazyList[T]", page.items)
        return self._items.pop_first()
