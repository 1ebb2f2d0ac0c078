"""The old place of these names, until all tests import the new one."""

from kubex_testing.compliance.servers import *  # noqa: F403
