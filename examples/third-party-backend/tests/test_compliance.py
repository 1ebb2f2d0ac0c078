"""The compliance suite for this backend."""

import sys

from kubex_h11 import BACKEND
from kubex_testing.compliance import ComplianceSuite


class TestH11(ComplianceSuite):
    backend = BACKEND
    # While AnyIO connects on Python 3.10, it cannot distinguish `Task.cancel()` from its own cancellation.
    native_cancellation = sys.version_info >= (3, 11)
