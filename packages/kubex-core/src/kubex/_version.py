"""The version of kubex-core; the build reads it from here."""

__version__ = "0.3.0"
