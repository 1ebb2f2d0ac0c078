"""Mutants of WebSockets."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from aiohttp import WSMsgType
from typing_extensions import override

from kubex.errors import WebSocketError
from kubex.transport import ConnectGuard, PreparedRequest, TransportConfig, WebSocketMessage
from kubex_aiohttp._transport import AioHttpTransport
from kubex_aiohttp._websocket import AioHttpWebSocket
from kubex_testing.compliance import WebSocketSuite
from mutants.registry import breaks


class WithWebSocket(AioHttpTransport):
    """A transport with another class for its WebSockets."""

    socket: ClassVar[type[AioHttpWebSocket]] = AioHttpWebSocket

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> AioHttpWebSocket:
        socket = await super().open_websocket(request, subprotocols, guard)
        socket.__class__ = self.socket
        return socket


@breaks(WebSocketSuite.test_too_large_message_closes_the_websocket_before_its_end)
class IgnoresTheMessageSize(AioHttpTransport):
    """`ws_max_message_size` limits messages."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, ws_max_message_size=None))


@breaks(WebSocketSuite.test_message_size_is_unlimited_with_none)
class AlwaysLimitsTheMessageSize(AioHttpTransport):
    """`ws_max_message_size=None` disables the limit."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, ws_max_message_size=config.ws_max_message_size or 2**21))


@breaks(WebSocketSuite.test_text_message_has_kind_text)
class ReturnsTextAsBinary(WithWebSocket):
    """A text message has the kind `text`."""

    class socket(AioHttpWebSocket):  # noqa: N801 - an attribute of the base class
        @override
        async def receive(self) -> WebSocketMessage:
            message = await super().receive()
            return WebSocketMessage("binary", message.data) if message.kind == "text" else message


@breaks(WebSocketSuite.test_accepted_messages_arrive_after_the_block_has_ended)
class DiscardsAcceptedMessages(WithWebSocket):
    """Leaving the block does not discard messages that were accepted."""

    class socket(AioHttpWebSocket):  # noqa: N801 - an attribute of the base class
        @override
        def abort(self) -> None:
            self._response.close()


@breaks(WebSocketSuite.test_close_frame_of_the_server_ends_the_websocket)
class LosesTheCloseCode(WithWebSocket):
    """The code of a close frame is returned."""

    class socket(AioHttpWebSocket):  # noqa: N801
        @override
        async def receive(self) -> WebSocketMessage:
            message = await super().receive()
            return WebSocketMessage("close", code=1000) if message.kind == "close" else message


@breaks(WebSocketSuite.test_close_sends_one_close_frame_with_the_code)
class IgnoresTheCodeOfClose(WithWebSocket):
    """`close(code)` sends this code."""

    class socket(AioHttpWebSocket):  # noqa: N801
        @override
        async def close(self, code: int = 1000) -> None:
            await super().close()


@breaks(WebSocketSuite.test_fragments_are_joined_to_one_message)
class IgnoresPings(WithWebSocket):
    """A ping is answered with a pong."""

    class socket(AioHttpWebSocket):  # noqa: N801
        @override
        async def _handle(self, message: Any) -> WebSocketMessage | None:
            return None if message.type is WSMsgType.PING else await super()._handle(message)


@breaks(WebSocketSuite.test_ping_is_sent_and_pong_is_received)
class DropsPongs(WithWebSocket):
    """`receive()` returns pongs."""

    class socket(AioHttpWebSocket):  # noqa: N801
        @override
        async def _handle(self, message: Any) -> WebSocketMessage | None:
            return None if message.type is WSMsgType.PONG else await super()._handle(message)


@breaks(WebSocketSuite.test_messages_are_sent_and_received)
class SendsTextMessages(WithWebSocket):
    """`send()` sends a binary message."""

    class socket(AioHttpWebSocket):  # noqa: N801
        @override
        async def send(self, data: bytes) -> None:
            with self._mapped_errors:
                await self._socket.send_frame(data, WSMsgType.TEXT)


@breaks(WebSocketSuite.test_cancelled_receive_does_not_lose_messages)
class LosesMessagesOnCancellation(WithWebSocket):
    """A cancelled `receive()` does not lose a message."""

    class socket(AioHttpWebSocket):  # noqa: N801
        @override
        async def receive(self) -> WebSocketMessage:
            return await asyncio.shield(asyncio.ensure_future(super().receive()))


@breaks(WebSocketSuite.test_subprotocol_is_selected_by_the_server)
class LosesTheSubprotocol(WithWebSocket):
    """`subprotocol` is the subprotocol that the server selected."""

    class socket(AioHttpWebSocket):  # noqa: N801
        @property
        @override
        def subprotocol(self) -> str | None:
            return None


@breaks(WebSocketSuite.test_websocket_has_no_timers)
class SendsItsOwnPings(WithWebSocket):
    """The backend does not send pings."""

    class socket(AioHttpWebSocket):  # noqa: N801
        _timer: asyncio.TimerHandle | None = None

        @override
        async def receive(self) -> WebSocketMessage:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(30, lambda: loop.create_task(self.ping()))
            try:
                return await super().receive()
            finally:
                self._timer.cancel()


@breaks(WebSocketSuite.test_error_of_refused_upgrade_contains_the_response)
class LosesTheBodyOfARefusal(AioHttpTransport):
    """The error of a refused upgrade contains the body of the response."""

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> AioHttpWebSocket:
        try:
            return await super().open_websocket(request, subprotocols, guard)
        except WebSocketError as error:
            error.body = b""
            raise
