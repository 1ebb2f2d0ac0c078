"""What is compared: the bare libraries (the limit), and kubex on them."""

from contextlib import AbstractAsyncContextManager

from benchmarks.subjects.base import Subject


def open_subject(name: str, library: str, url: str) -> AbstractAsyncContextManager[Subject]:
    """Return the subject `limit` or `kubex` on a library, to be entered; only what it needs is imported."""
    if name == "kubex":
        from benchmarks.subjects.on_kubex import KubexSubject

        return KubexSubject(library, url)
    if library == "aiohttp":
        from benchmarks.subjects.on_aiohttp import AiohttpSubject

        return AiohttpSubject(url)
    from benchmarks.subjects.on_httpx import HttpxSubject

    return HttpxSubject(url)


__all__ = ["Subject", "open_subject"]
