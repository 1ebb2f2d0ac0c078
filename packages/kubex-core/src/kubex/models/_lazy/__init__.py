"""Lazy decoding: each field of an object is decoded when it is first read.

docs/development/lazy-decoding.md explains this package.
"""
