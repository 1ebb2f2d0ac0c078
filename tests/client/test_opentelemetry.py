"""OpenTelemetry traces each attempt: with an observer, and with the packages for aiohttp and httpx.

`docs/how-to/observe-requests.md` contains the observer and the wrapped transport, and its test runs them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from opentelemetry import propagate, trace
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.httpx import AsyncOpenTelemetryTransport
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from client.conftest import FAST_RETRIES, MakeClient
from client.scripted_server import ResponseSequence, close_without_response, respond_error, respond_with
from kubex.api import Api
from kubex.client import Attempt, Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.errors import NotFound
from kubex.transport import Backend, ConnectGuard, PreparedRequest, StreamResponse, Transport, wrapped
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import Server, StartServer
from support.backend_pairs import PAIRS

pytestmark = pytest.mark.anyio

NOT_FOUND = respond_error("404 Not Found", b'{"kind":"Status","reason":"NotFound","details":{"name":"a"}}')


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


class Tracing:
    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("tests")

    @contextmanager
    def attempt(self, attempt: Attempt) -> Iterator[None]:
        with self._tracer.start_as_current_span(f"{attempt.method} {attempt.template}") as span:
            propagate.inject(attempt.headers)
            try:
                yield
            finally:
                span.set_attribute("status", attempt.status or 0)


class Instrumented(Transport, httpx.AsyncBaseTransport):
    def __init__(self, inner: Transport, provider: TracerProvider) -> None:
        super().__init__(inner.config)
        self.errors = inner.errors
        self._inner = inner
        self._telemetry = AsyncOpenTelemetryTransport(self, tracer_provider=provider)

    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        extensions = {"request": request, "guard": guard}
        described = httpx.Request(request.method, request.shown_url, extensions=extensions)
        response = await self._telemetry.handle_async_request(described)
        opened: StreamResponse = response.extensions["opened"]
        return opened

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sent: PreparedRequest = request.extensions["request"]
        fields = propagate.get_global_textmap().fields
        added = [(name, request.headers[name]) for name in fields if name in request.headers]
        opened = await self._inner.open(replace(sent, headers=(*sent.headers, *added)), request.extensions["guard"])
        return httpx.Response(opened.status, extensions={"opened": opened})

    async def close_connections(self) -> None:
        await self._inner.aclose()


def trace_parents(server: Server) -> list[str]:
    """Return the ids of the spans in the headers of the requests, in the order of the requests."""
    return [(request.header("traceparent") or "--").split("-")[2] for request in server.requests]


def span_ids(spans: list[ReadableSpan]) -> list[str]:
    return [trace.format_span_id(span.context.span_id) for span in spans if span.context is not None]


async def test_observer_creates_a_span_for_each_attempt(
    make_client: MakeClient, start_server: StartServer, provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    throttled = respond_error("429 Too Many Requests", Retry_After="0")
    server = start_server(ResponseSequence(close_without_response, throttled, NOT_FOUND, respond_with()))
    with provider.get_tracer("tests").start_as_current_span("parent") as parent:
        async with make_client(server, observers=(Tracing(provider),)) as client:
            with pytest.raises(NotFound):
                await Api(ConfigMap, client, namespace="n").get("a")
            async with client.stream("GET", "/metrics"):
                assert trace.get_current_span() is parent
    *spans, last = exporter.get_finished_spans()
    assert last.name == "parent"
    template = "GET /api/v1/namespaces/{namespace}/configmaps/{name}"
    assert [span.name for span in spans] == [template] * 3 + ["GET /metrics"]
    assert [(span.attributes or {})["status"] for span in spans] == [0, 429, 404, 200]
    assert {span.parent and span.parent.span_id for span in spans} == {parent.get_span_context().span_id}
    assert trace_parents(server) == span_ids(spans)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.backend == "aiohttp"], ids=str, indirect=True)
async def test_instrumentation_of_aiohttp_creates_a_span_for_each_attempt(
    make_client: MakeClient,
    start_server: StartServer,
    provider: TracerProvider,
    exporter: InMemorySpanExporter,
) -> None:
    throttled = respond_error("429 Too Many Requests", Retry_After="0")
    server = start_server(ResponseSequence(throttled, NOT_FOUND, respond_with()))
    instrumentor = AioHttpClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        async with make_client(server, configuration={"token": "secret-token"}) as client:
            with pytest.raises(NotFound):
                await Api(ConfigMap, client, namespace="n").get("a")
            async with client.stream("GET", "/metrics"):
                pass
    finally:
        instrumentor.uninstrument()
    spans = list(exporter.get_finished_spans())
    assert len(spans) == 3
    assert trace_parents(server) == span_ids(spans)
    assert not any("secret-token" in str(dict(span.attributes or {})) for span in spans)


async def test_transport_of_opentelemetry_creates_a_span_for_each_attempt(
    backend: Backend, start_server: StartServer, provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    throttled = respond_error("429 Too Many Requests", Retry_After="0")
    server = start_server(ResponseSequence(close_without_response, throttled, NOT_FOUND, respond_with()))
    instrumented = wrapped(backend, lambda transport: Instrumented(transport, provider))
    configuration, options = (
        ClientConfiguration(url=server.url, token="secret-token"),
        ClientOptions(retry=FAST_RETRIES),
    )
    with provider.get_tracer("tests").start_as_current_span("parent") as parent:
        async with Client(configuration, options, backend=instrumented) as client:
            with pytest.raises(NotFound):
                await Api(ConfigMap, client, namespace="n").get("a")
            async with client.stream("GET", "/metrics"):
                assert trace.get_current_span() is parent
    *spans, last = exporter.get_finished_spans()
    assert last.name == "parent"
    attributes = [dict(span.attributes or {}) for span in spans]
    assert [values.get("http.status_code") for values in attributes] == [None, 429, 404, 200]
    assert {span.parent and span.parent.span_id for span in spans} == {parent.get_span_context().span_id}
    assert trace_parents(server) == span_ids(spans)
    assert [request.header("authorization") for request in server.requests] == ["Bearer secret-token"] * 4
    assert "secret-token" not in str(attributes)
