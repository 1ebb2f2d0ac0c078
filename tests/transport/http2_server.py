"""A server of HTTP/2 as a script: by their paths requests say how they are answered."""

import threading
from collections.abc import Callable

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from transport.socket_server import Peer, Seen

CHUNK = b"x" * 16384


class Http2:
    """Serves many streams on a connection.

    | path | answer |
    |---|---|
    | `/together/N` | what N requests on this connection get once all of them have come |
    | `/never` | the beginning of a body, and then nothing |
    | `/more` | a body without an end, as fast as it is taken |
    | `/away` | an answer, after which the server wants no more requests on this connection |
    | anything else | the path |
    """

    def __init__(self) -> None:
        self.connections: list[list[Seen]] = []
        self.endless = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        with self._lock:
            seen: list[Seen] = []
            self.connections.append(seen)
        _Connection(self, peer, seen).run()


class _Connection:
    def __init__(self, script: Http2, peer: Peer, seen: list[Seen]) -> None:
        self._script = script
        self._peer = peer
        self._seen = seen
        self._together: list[int] = []
        self._endless: set[int] = set()
        self._away = False
        self._bodies: dict[int, bytes] = {}
        self._heads: dict[int, list[tuple[str, str]]] = {}
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        self._h2 = h2.connection.H2Connection(config)

    def run(self) -> None:
        self._h2.initiate_connection()
        try:
            self._flush()
            while data := self._peer.socket.recv(65536):
                for event in self._h2.receive_data(data):
                    self._handle(event)
                self._pour()
                self._flush()
        except h2.exceptions.ProtocolError:
            if not self._away:  # this library takes nothing more once it has said so
                raise
        finally:
            self._peer.server.closed.set()

    def _flush(self) -> None:
        self._peer.send(self._h2.data_to_send())

    def _handle(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived(stream_id=int(stream), headers=headers):
                self._heads[stream] = [(str(name), str(value)) for name, value in headers or ()]
                self._bodies[stream] = b""
            case h2.events.DataReceived(stream_id=int(stream), data=bytes(data), flow_controlled_length=int(length)):
                self._bodies[stream] += data
                self._h2.acknowledge_received_data(length, stream)
            case h2.events.StreamEnded(stream_id=int(stream)):
                self._answer(stream)
            case h2.events.StreamReset(stream_id=int(stream)):
                self._endless.discard(stream)
            case _:
                pass

    def _answer(self, stream: int) -> None:
        head = dict(self._heads[stream])
        path = head[":path"]
        with self._script._lock:
            self._seen.append(Seen(head[":method"], path, tuple(self._heads[stream]), self._bodies[stream]))
        answers: dict[str, Callable[[int, str], None]] = {
            "together": self._when_all_are_here,
            "never": self._without_an_end,
            "more": self._for_ever,
            "away": self._for_the_last_time,
        }
        answers.get(path.split("/")[1], self._whole)(stream, path)

    def _begin(self, stream: int) -> None:
        self._h2.send_headers(stream, [(":status", "200"), ("content-type", "text/plain")])

    def _whole(self, stream: int, path: str) -> None:
        self._begin(stream)
        self._h2.send_data(stream, path.encode(), end_stream=True)

    def _without_an_end(self, stream: int, _: str) -> None:
        self._begin(stream)
        self._h2.send_data(stream, b"begun")
        self._script.begun.release()

    def _when_all_are_here(self, stream: int, path: str) -> None:
        self._together.append(stream)
        if len(self._together) == int(path.split("/")[2]):
            for each in self._together:
                self._whole(each, path)
            self._together.clear()

    def _for_ever(self, stream: int, _: str) -> None:
        self._begin(stream)
        self._endless.add(stream)
        self._script.endless.release()

    def _for_the_last_time(self, stream: int, path: str) -> None:
        self._whole(stream, path)
        self._flush()
        self._away = True
        self._h2.close_connection(last_stream_id=stream)

    def _pour(self) -> None:
        for stream in self._endless:
            while (room := min(self._h2.local_flow_control_window(stream), len(CHUNK))) > 0:
                self._h2.send_data(stream, CHUNK[:room])
                self._flush()
