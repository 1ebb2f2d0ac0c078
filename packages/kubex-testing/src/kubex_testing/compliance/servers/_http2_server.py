"""An HTTP/2 server, as a connection handler for `start_server`. The path of a request selects the response."""

import select
import threading
from collections.abc import Callable

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from kubex_testing.compliance.servers._socket_server import ReceivedRequest, ServerConnection

CHUNK = b"x" * 16384

# In seconds. A thread that waits for data also has to send the responses that a test releases.
POLL_INTERVAL = 0.02


class Http2Handler:
    """Handles HTTP/2 connections with many streams.

    | path | response |
    |---|---|
    | `/together/N` | is sent when N requests with this path have arrived on this connection |
    | `/partial` | the start of a body; the end is sent after `released` is set |
    | `/held` | is sent after `released` is set |
    | `/endless` | an endless body, sent as fast as flow control permits |
    | `/goaway` | a complete response, then a GOAWAY frame: the connection accepts no more requests |
    | other paths | the path |

    `connections` contains the requests of each connection. The semaphore `partial_sent` is released for each response
    to `/partial`. A test sets the event `released`.
    """

    def __init__(self) -> None:
        self.connections: list[list[ReceivedRequest]] = []
        self.partial_sent = threading.Semaphore(0)
        self.released = threading.Event()
        self.lock = threading.Lock()

    def __call__(self, connection: ServerConnection) -> None:
        """Handle one connection."""
        with self.lock:
            requests: list[ReceivedRequest] = []
            self.connections.append(requests)
        _Http2Connection(self, connection, requests).run()


class _Http2Connection:
    def __init__(self, handler: Http2Handler, connection: ServerConnection, requests: list[ReceivedRequest]) -> None:
        self._handler = handler
        self._connection = connection
        self._requests = requests
        self._waiting_streams: list[int] = []
        self._endless_streams: set[int] = set()
        self._held_streams: dict[int, bytes] = {}
        self._goaway_sent = False
        self._bodies: dict[int, bytes] = {}
        self._headers: dict[int, list[tuple[str, str]]] = {}
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        self._h2 = h2.connection.H2Connection(config)

    def run(self) -> None:
        self._h2.initiate_connection()
        try:
            self._flush()
            while self._read_more():
                for event in self._h2.receive_data(self._connection.read_exactly(len(self._connection.buffer))):
                    self._handle(event)
                self._continue_endless_streams()
                self._flush()
        except h2.exceptions.ProtocolError:
            if not self._goaway_sent:  # h2 raises for all data that arrives after GOAWAY
                raise
        finally:
            self._connection.server.connection_closed.set()

    def _read_more(self) -> bool:
        """Wait for data, and respond to streams that wait for `released`. Return False if the client has closed."""
        connected = self._connection.socket
        while not getattr(connected, "pending", int)() and not select.select([connected], [], [], POLL_INTERVAL)[0]:
            if self._held_streams and self._handler.released.is_set():
                for stream, data in self._held_streams.items():
                    self._h2.send_data(stream, data, end_stream=True)
                self._held_streams.clear()
                self._flush()
        return self._connection.read_more()

    def _flush(self) -> None:
        self._connection.send(self._h2.data_to_send())

    def _handle(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived(stream_id=int(stream), headers=headers):
                self._headers[stream] = [(str(name), str(value)) for name, value in headers or ()]
                self._bodies[stream] = b""
            case h2.events.DataReceived(stream_id=int(stream), data=bytes(data), flow_controlled_length=int(length)):
                self._bodies[stream] += data
                self._h2.acknowledge_received_data(length, stream)
            case h2.events.StreamEnded(stream_id=int(stream)):
                self._respond(stream)
            case h2.events.StreamReset(stream_id=int(stream)):
                self._endless_streams.discard(stream)
                self._held_streams.pop(stream, None)
            case _:
                pass

    def _respond(self, stream: int) -> None:
        headers = dict(self._headers[stream])
        path = headers[":path"]
        with self._handler.lock:
            self._requests.append(
                ReceivedRequest(headers[":method"], path, tuple(self._headers[stream]), self._bodies[stream])
            )
        responders: dict[str, Callable[[int, str], None]] = {
            "together": self._respond_together,
            "partial": self._send_partial_response,
            "held": self._hold_response,
            "endless": self._start_endless_response,
            "goaway": self._respond_and_go_away,
        }
        responders.get(path.split("/")[1], self._send_response)(stream, path)

    def _send_headers(self, stream: int) -> None:
        self._h2.send_headers(stream, [(":status", "200"), ("content-type", "text/plain")])

    def _send_response(self, stream: int, path: str) -> None:
        self._send_headers(stream)
        self._h2.send_data(stream, path.encode(), end_stream=True)

    def _send_partial_response(self, stream: int, _: str) -> None:
        self._send_headers(stream)
        self._h2.send_data(stream, b"start")
        self._held_streams[stream] = b"end"
        self._handler.partial_sent.release()

    def _hold_response(self, stream: int, path: str) -> None:
        self._send_headers(stream)
        self._held_streams[stream] = path.encode()

    def _respond_together(self, stream: int, path: str) -> None:
        self._waiting_streams.append(stream)
        if len(self._waiting_streams) == int(path.split("/")[2]):
            for waiting in self._waiting_streams:
                self._send_response(waiting, path)
            self._waiting_streams.clear()

    def _start_endless_response(self, stream: int, _: str) -> None:
        self._send_headers(stream)
        self._endless_streams.add(stream)

    def _respond_and_go_away(self, stream: int, path: str) -> None:
        self._send_response(stream, path)
        self._flush()
        self._goaway_sent = True
        self._h2.close_connection(last_stream_id=stream)

    def _continue_endless_streams(self) -> None:
        for stream in self._endless_streams:
            while (window := min(self._h2.local_flow_control_window(stream), len(CHUNK))) > 0:
                self._h2.send_data(stream, CHUNK[:window])
                self._flush()
