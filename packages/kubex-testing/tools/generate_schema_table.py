"""Generate the tables of built-in schemas and of zero values for the embedded API server.

The arguments are the OpenAPI v2 document of kube-apiserver, and facts about the Go types. Each is a file, a URL
(`kubectl proxy` serves /openapi/v2 without TLS), or `-` for standard input:

    "$KUBEBUILDER_ASSETS/kubex-protobuf" fields >fields.json
    "$KUBEBUILDER_ASSETS/kubex-protobuf" zeros >zeros.json
    kubectl get --raw /openapi/v2 >openapi.json
    python packages/kubex-testing/tools/generate_schema_table.py openapi.json fields.json zeros.json

`tests/controlplane/build.py` builds kubex-protobuf from the Go types of the same version.
"""

# This is a script, not a module of the package.

import argparse
import json
import sys
import urllib.request
from pathlib import Path

import kubex_testing
from kubex_testing._objects.schema_table import table_from_openapi, zero_fields_table

TARGET = Path(kubex_testing.__file__).parent / "_objects"


def read(source: str) -> bytes:
    """Return the contents of standard input, a URL or a file."""
    if source == "-":
        return sys.stdin.buffer.read()
    if source.startswith(("http://", "https://")):
        with urllib.request.urlopen(source, timeout=60) as response:  # noqa: S310  # the scheme is checked above
            return bytes(response.read())
    return Path(source).read_bytes()


def main() -> None:
    """Read the documents and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", help="the OpenAPI v2 document: a file, http(s) URL, or - for standard input")
    parser.add_argument("fields", help="the output of `kubex-protobuf fields`")
    parser.add_argument("zeros", help="the output of `kubex-protobuf zeros`")
    parser.add_argument(
        "--output", type=Path, default=TARGET, help="the output folder (default: the folder in the package)"
    )
    arguments = parser.parse_args()
    document, fields = json.loads(read(arguments.document)), json.loads(read(arguments.fields))
    table = table_from_openapi(document, fields)
    zeros = zero_fields_table(table, json.loads(read(arguments.zeros)))
    arguments.output.joinpath("builtin_schemas.json").write_bytes(table)
    arguments.output.joinpath("zero_fields.json").write_bytes(zeros)


if __name__ == "__main__":
    main()
