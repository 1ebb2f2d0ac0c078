"""Functions on Kubernetes objects, without I/O.

The modules contain schemas, decoding, names, selectors, patches, server-side apply, defaults and validation. Objects
are JSON values. Functions do not modify their arguments unless their docstring says "in place".
"""
