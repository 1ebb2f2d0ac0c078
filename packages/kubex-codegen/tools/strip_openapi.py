"""Create an input from a complete document: `strip_openapi.py openapi-v2.json inputs/kubernetes-1.37.json.gz`.

The document is the response to `/openapi/v2` of a kube-apiserver of that version, without custom resources. Start
the server with `--runtime-config=api/all=true --feature-gates=AllAlpha=true,AllBeta=true`.
"""

import argparse
import gzip
import json
from pathlib import Path

from kubex_codegen._strip_document import strip_document


def main() -> None:
    """Strip and compress a document. The result is deterministic."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the complete document")
    parser.add_argument("target", type=Path, help="the compressed input to write")
    options = parser.parse_args()
    stripped = strip_document(json.loads(options.source.read_bytes()))
    text = json.dumps(stripped, sort_keys=True, separators=(",", ":")).encode()
    options.target.write_bytes(gzip.compress(text, 9, mtime=0))


if __name__ == "__main__":
    main()
