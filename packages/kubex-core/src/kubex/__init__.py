"""A typed, async Kubernetes client; see `kubex.api`, `kubex.client`, `kubex.configuration` and `kubex.models`."""

from kubex._version import __version__

__all__ = ["__version__"]
