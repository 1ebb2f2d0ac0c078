"""Mutants of kubex-core, with a correct backend: duties that a backend does not have."""

from collections.abc import Callable
from typing import Any

from kubex.transport import _decompression, _stream_response, _transport, _websocket
from kubex_testing.compliance import LifecycleSuite, StreamSuite, WebSocketSuite
from mutants.registry import breaks_core

SetAttribute = Callable[[object, str, object], None]


@breaks_core(StreamSuite.test_compressed_body_is_decompressed)
def does_not_decompress(set_attribute: SetAttribute) -> None:
    """A compressed body is decompressed."""
    set_attribute(_stream_response, "decompressor_for", lambda *_, **__: None)


@breaks_core(StreamSuite.test_truncated_gzip_body_raises_connection_lost)
def accepts_truncated_gzip(set_attribute: SetAttribute) -> None:
    """A compressed body that ends early raises ConnectionLost."""
    set_attribute(_decompression.Decompressor, "finish", lambda _: None)


@breaks_core(StreamSuite.test_gzip_body_with_two_members_is_decompressed)
def reads_one_gzip_member(set_attribute: SetAttribute) -> None:
    """All members of a gzip body are decompressed."""
    start: Any = _decompression.Decompressor._start

    def start_first(decompressor: Any, head: memoryview) -> object:
        if not decompressor._ended:
            return start(decompressor, head)
        decompressor._position = len(decompressor._input)
        return None

    set_attribute(_decompression.Decompressor, "_start", start_first)


@breaks_core(StreamSuite.test_reads_after_a_failed_read_raise)
def treats_a_failed_read_as_the_end(set_attribute: SetAttribute) -> None:
    """After a failed read, later reads raise ConnectionLost."""
    set_attribute(_stream_response.StreamResponse, "_end_or_raise", lambda _: b"")


@breaks_core(LifecycleSuite.test_closed_transport_raises_and_sends_nothing)
def forgets_that_it_is_closed(set_attribute: SetAttribute) -> None:
    """A closed transport raises ConnectError."""
    set_attribute(_transport.Transport, "_check", lambda *_: None)


@breaks_core(WebSocketSuite.test_leaving_the_block_sends_a_close_frame_and_waits_for_the_reply)
def leaves_websockets_without_a_close_frame(set_attribute: SetAttribute) -> None:
    """Leaving the block of a WebSocket sends a close frame."""

    async def abort(websocket: Any, *_: object) -> None:
        websocket._websocket.abort()

    set_attribute(_websocket.OpenWebSocket, "__aexit__", abort)
