"""The subjects that are compared: the HTTP libraries without Kubex (the limit), and Kubex on them."""

from contextlib import AbstractAsyncContextManager

from benchmarks.subjects.base import Subject


def open_subject(name: str, library: str, url: str) -> AbstractAsyncContextManager[Subject]:
    """Return the subject `limit` or `kubex` on a library as a context manager; import only what it needs."""
    if name == "kubex":
        from benchmarks.subjects.kubex_subject import KubexSubject

        return KubexSubject(library, url)
    if library == "aiohttp":
        from benchmarks.subjects.aiohttp_subject import AiohttpSubject

        return AiohttpSubject(url)
    from benchmarks.subjects.httpx_subject import HttpxSubject

    return HttpxSubject(library, url)


__all__ = ["Subject", "open_subject"]
