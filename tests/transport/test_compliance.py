"""The published suite for backends, on each backend."""

import sys

import kubex_aiohttp
import kubex_httpx
import kubex_httpx2
from kubex_testing.compliance import ComplianceSuite

# While AnyIO opens a connection on Python 3.10, it cannot distinguish other ways to cancel from its own.
NATIVE_CANCELLATION = sys.version_info >= (3, 11)


class TestAiohttp(ComplianceSuite):
    backend = kubex_aiohttp.BACKEND
    closes_tls_handshakes = False  # aiohttp leaves a connection open if its TLS handshake is not complete


class TestHttpx(ComplianceSuite):
    backend = kubex_httpx.BACKEND
    native_cancellation = NATIVE_CANCELLATION


class TestHttpx2(ComplianceSuite):
    backend = kubex_httpx2.BACKEND
    native_cancellation = NATIVE_CANCELLATION
