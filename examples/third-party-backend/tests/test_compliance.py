from kubex_h11 import BACKEND

from kubex_testing.compliance import ComplianceSuite


class TestH11(ComplianceSuite):
    backend = BACKEND
