"""Kubernetes objects without I/O: schemas, decoding, names, selectors, patches, apply, defaults and validation.

Objects are plain JSON values; no function changes its arguments unless it says so.
"""
