"""Make an input of this folder from a full document: `strip_openapi.py openapi-v2.json inputs/kubernetes-1.37.json.gz`.

The document is what `/openapi/v2` of a kube-apiserver of that version answers, started with
`--runtime-config=api/all=true --feature-gates=AllAlpha=true,AllBeta=true`, and without custom resources.
"""

import argparse
import gzip
import json
from pathlib import Path

from kubex_codegen._strip import strip_document


def main() -> None:
    """Strip a document and compress it; the same document gives the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the full document")
    parser.add_argument("target", type=Path, help="the compressed input to write")
    options = parser.parse_args()
    stripped = strip_document(json.loads(options.source.read_bytes()))
    text = json.dumps(stripped, sort_keys=True, separators=(",", ":")).encode()
    options.target.write_bytes(gzip.compress(text, 9, mtime=0))


if __name__ == "__main__":
    main()
