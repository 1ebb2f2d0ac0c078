"""Generate the table of built-in schemas for the embedded API server.

The arguments are the OpenAPI v2 document of kube-apiserver, and the fields of its types in protobuf. Each is a file, a
URL (`kubectl proxy` serves /openapi/v2 without TLS), or `-` for standard input:

    "$KUBEBUILDER_ASSETS/kubex-protobuf" fields >fields.json
    kubectl get --raw /openapi/v2 | python packages/kubex-testing/tools/generate_schema_table.py - fields.json

`tests/controlplane/build.py` builds kubex-protobuf from the Go types of the same version.
"""

# This is a script, not a module of the package.

import argparse
import json
import sys
import urllib.request
from pathlib import Path

import kubex_testing
from kubex_testing._objects.schema_table import table_from_openapi

TARGET = Path(kubex_testing.__file__).parent / "_objects" / "builtin_schemas.json"


def read(source: str) -> bytes:
    """Return the contents of standard input, a URL or a file."""
    if source == "-":
        return sys.stdin.buffer.read()
    if source.startswith(("http://", "https://")):
        with urllib.request.urlopen(source, timeout=60) as response:  # noqa: S310  # the scheme is checked above
            return bytes(response.read())
    return Path(source).read_bytes()


def main() -> None:
    """Read the documents and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", help="the OpenAPI v2 document: a file, http(s) URL, or - for standard input")
    parser.add_argument("fields", help="the output of `kubex-protobuf fields`")
    parser.add_argument(
        "--output", type=Path, default=TARGET, help="the output file (default: the table in the package)"
    )
    arguments = parser.parse_args()
    document, fields = json.loads(read(arguments.document)), json.loads(read(arguments.fields))
    arguments.output.write_bytes(table_from_openapi(document, fields))


if __name__ == "__main__":
    main()
