"""Read and write manifests: Kubernetes objects in YAML or JSON.

Pass a `Path` to read a file. Files are read synchronously. In an async program, read large files in a thread:
`await to_thread.run_sync(load, path)`.

Example:
    for document in load("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}"):
        print(document.kind, document.name, document.line)
"""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.manifests._document import Document
    from kubex.manifests._dump import dump
    from kubex.manifests._load import load
    from kubex.manifests._objects import objects
else:  # `from kubex.manifests import Document` does not import PyYAML
    __getattr__, __dir__ = lazy_attributes(
        __name__, {"Document": "_document", "dump": "_dump", "load": "_load", "objects": "_objects"}
    )

__all__ = ["Document", "dump", "load", "objects"]
