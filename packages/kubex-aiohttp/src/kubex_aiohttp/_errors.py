"""The translation of the exceptions of aiohttp."""

import asyncio

import aiohttp
from aiohttp.http import HttpProcessingError

from kubex.errors import ConnectError, ConnectionLost, ProxyError, ReadTimeout, TLSError, TransportError
from kubex.transport import ExceptionTable, Phase, proxy_refusal, refused_by_tls_alert

# The first matching row applies, so subclasses and predicates precede the general classes.
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

# The messages of aiohttp's parser if a response exceeds `max_headers` or `max_field_size`.
_TOO_LARGE_MESSAGES = ("Too many headers", "Got more than")


async def send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Replace some exceptions of aiohttp, as a middleware of aiohttp.

    aiohttp sends a request again after some of them, and others contain the headers of the request.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except aiohttp.ClientHttpProxyError as error:
        failure: Exception = ProxyError(proxy_refusal(f"{error.status} {error.message}"))
    except aiohttp.ClientResponseError as error:
        if any(text in error.message for text in _TOO_LARGE_MESSAGES):
            problem, url = "the headers of the response are too large", request.url.with_query(None)
            failure = ConnectionLost(problem, request.method, str(url))
        else:
            failure = aiohttp.ClientPayloadError(error.message)
        failure.__cause__ = error.__cause__
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        failure = aiohttp.ClientConnectionError(str(error))
        failure.__cause__ = error
    raise failure
