"""An HTTP server with prepared responses: `python -m benchmarks.server` prints its URL and runs until its input ends.

It parses only the request line and the Accept header of a request, so that clients never wait for it.
"""

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from benchmarks.affinity import pin
from benchmarks.pods import documents
from benchmarks.serve import serve

_LOG_CHUNK = 2**12
"""The size of a chunk of a log in bytes: an API server forwards what one read of its buffer returns."""


@dataclass(frozen=True)
class Sizes:
    """The number of objects and events of each response, and the size of the log in bytes."""

    small_list: int = 500
    large_list: int = 5000
    events: int = 5000
    log: int = 100 * 2**20


class Finder(Protocol):
    """Finds the responses of a server."""

    def find(self, request: str) -> bytes | Iterator[bytes]:
        """Return the response to a request: its bytes, or an iterator of the parts of a stream."""
        ...


class Responses:
    """All responses, as bytes that are ready to send."""

    def __init__(self, sizes: Sizes) -> None:
        self._pod = response(documents.encode(documents.pod(0)))
        self._one = response(documents.pod_list(0, 1))
        self._version = response(documents.encode({"major": "1", "minor": "35", "gitVersion": "v1.35.0"}))
        review = response(
            documents.encode(
                {
                    "apiVersion": "authentication.k8s.io/v1",
                    "kind": "SelfSubjectReview",
                    "status": {"userInfo": {"username": "someone"}},
                }
            )
        )
        # The server does not read the body of this request, so the connection cannot be reused.
        self._review = review.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        self._small = response(documents.pod_list(0, sizes.small_list))
        self._large = response(documents.pod_list(0, sizes.large_list))
        self._pages = {token: response(page) for token, page in documents.pages(sizes.large_list).items()}
        self._events = [chunk(line) for line in documents.events(sizes.events, metadata_only=False)]
        self._metadata_events = [chunk(line) for line in documents.events(sizes.events, metadata_only=True)]
        self._log_size = sizes.log
        block = documents.log_block(min(2**20, sizes.log))
        self._log_chunks = [block[at : at + _LOG_CHUNK] for at in range(0, len(block), _LOG_CHUNK)]

    def find(self, request: str) -> bytes | Iterator[bytes]:
        """Return the response to a request: its bytes, or an iterator of the parts of a stream."""
        target, _, rest = request.partition("\r\n")
        path, _, query = target.split(" ")[1].partition("?")
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        if path.endswith("/log"):
            return self._log(int(parameters.get("limitBytes", self._log_size)))
        if "watch" in parameters:
            events = self._metadata_events if "as=PartialObjectMetadata" in rest else self._events
            return self._watch(events)
        if path.startswith("/version"):
            return self._version
        if path.endswith("/selfsubjectreviews"):
            return self._review
        if "fieldSelector" in parameters:  # some clients get an object with a list
            return self._one
        if path.endswith("/small/pods"):
            return self._small
        if path.endswith("/pods"):
            return self._pages[parameters.get("continue", "")] if "limit" in parameters else self._large
        return self._pod

    def _watch(self, events: list[bytes]) -> Iterator[bytes]:
        yield STREAM_HEAD
        # A server with many waiting events sends several of them in one packet.
        for at in range(0, len(events), 16):
            yield b"".join(events[at : at + 16])
        yield STREAM_END

    def _log(self, size: int) -> Iterator[bytes]:
        yield STREAM_HEAD
        while size > 0:
            for part in self._log_chunks:
                yield chunk(part[:size])
                size -= len(part)
                if size <= 0:
                    break
        yield STREAM_END


class Connection(asyncio.Protocol):
    """A persistent connection."""

    def __init__(self, responses: Finder) -> None:
        self._responses = responses
        self._received = b""
        self._stream: Iterator[bytes] | None = None
        self._writable = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport of the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Send the response of each complete request. Request bodies are not supported."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            found = self._responses.find(head.decode("ascii"))
            if isinstance(found, bytes):
                self._transport.write(found)
            else:
                self._stream = found
                self._send_stream()

    def pause_writing(self) -> None:
        """Stop sending until the client has read more."""
        self._writable = False

    def resume_writing(self) -> None:
        """Continue to send the current stream."""
        self._writable = True
        self._send_stream()

    def connection_lost(self, exc: Exception | None) -> None:
        """Drop the current stream."""
        del exc
        self._stream = None

    def _send_stream(self) -> None:
        while self._writable and self._stream is not None:
            part = next(self._stream, None)
            if part is None:
                self._stream = None
            else:
                self._transport.write(part)


def response(body: bytes) -> bytes:
    """Return a complete response with a JSON body."""
    return (
        b"HTTP/1.1 200 OK\r\n"
        b"Audit-Id: 6c1f9c4e-2f3a-4c7b-9e55-0d8f0a7c1b22\r\n"
        b"Cache-Control: no-cache, private\r\n"
        b"Content-Type: application/json\r\n"
        b"X-Kubernetes-Pf-Flowschema-Uid: 2c1d5e2a-8a0f-4b1c-b7f1-3f4a2a5c9d10\r\n"
        b"X-Kubernetes-Pf-Prioritylevel-Uid: 9d4e7c55-1b7a-4e0d-a4a2-7d1f0c3b8e21\r\n"
        b"Date: Wed, 04 Mar 2026 10:00:00 GMT\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )


def chunk(data: bytes) -> bytes:
    """Return a chunk of a stream."""
    return b"%x\r\n%b\r\n" % (len(data), data)


STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"Cache-Control: no-cache, private\r\n"
    b"Content-Type: application/json\r\n"
    b"Date: Wed, 04 Mar 2026 10:00:00 GMT\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
STREAM_END = b"0\r\n\r\n"


def main() -> None:
    """Run the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("small-list", "large-list", "events", "log"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--core", type=int, help="the processor core to run on")
    options = vars(parser.parse_args())
    pin(options.pop("core"))
    responses = Responses(Sizes(**options))
    asyncio.run(serve(lambda: Connection(responses)))


if __name__ == "__main__":
    main()
