"""Lazy decoding: each field of an object is decoded when it is first read.

docs/explanation/decoding.md explains this package.
"""
