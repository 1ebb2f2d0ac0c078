"""The former place of `kubex.lazy_import`, for models that were generated before."""

from kubex.lazy_import import lazy_attributes as lazy_names

__all__ = ["lazy_names"]
