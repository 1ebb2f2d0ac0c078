"""The exceptions of aiohttp."""

import asyncio

import aiohttp
from aiohttp.http import HttpProcessingError

from kubex.errors import ConnectError, ConnectionLost, ProxyError, ReadTimeout, TLSError, TransportError
from kubex.transport import ExceptionTable, Phase, proxy_refusal, refused_by_tls_alert

ERRORS: ExceptionTable = (
    (aiohttp.ConnectionTimeoutError, Phase.CONNECT),
    (aiohttp.SocketTimeoutError, Phase.READ),
    (aiohttp.ClientProxyConnectionError, ProxyError),
    (aiohttp.ClientSSLError, TLSError),
    (aiohttp.ClientConnectorError, ConnectError),
    (refused_by_tls_alert, TLSError),
    ((TimeoutError, asyncio.TimeoutError), ReadTimeout),
    ((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, HttpProcessingError, OSError), ConnectionLost),
    (Exception, TransportError),
)

# Of the parser, beyond `max_headers` and `max_field_size`.
_TOO_LARGE = ("Too many headers", "Got more than")


async def send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Replace exceptions that aiohttp would handle by sending again, or that hold headers; a middleware of aiohttp."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except aiohttp.ClientHttpProxyError as error:
        failure: Exception = ProxyError(proxy_refusal(f"{error.status} {error.message}"))
    except aiohttp.ClientResponseError as error:
        if any(text in error.message for text in _TOO_LARGE):
            problem, url = "the headers of the response are too large", request.url.with_query(None)
            failure = ConnectionLost(problem, request.method, str(url))
        else:
            failure = aiohttp.ClientPayloadError(error.message)
        failure.__cause__ = error.__cause__
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        failure = aiohttp.ClientConnectionError(str(error))
        failure.__cause__ = error
    raise failure
