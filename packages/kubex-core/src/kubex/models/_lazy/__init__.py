"""Lazy decoding: objects of which each field is decoded when it is first read.

docs/development/lazy-decoding.md explains this package.
"""
