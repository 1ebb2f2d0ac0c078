"""The pytest plugin of kubex-testing."""
