"""Read and write manifests: Kubernetes objects in YAML or JSON.

    for document in load(Path("deploy.yaml")):
        print(document.kind, document.name, document.line)

Files are read synchronously. In an async program, read large files in a thread: `await to_thread.run_sync(load, path)`.
"""

from kubex.manifests._document import Document
from kubex.manifests._load import load

__all__ = ["Document", "load"]
