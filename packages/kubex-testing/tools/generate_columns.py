"""Generate the table of printer columns for the embedded API server.

The argument is the URL of kube-apiserver: `kubectl proxy` serves it without TLS. The server must have its default APIs:

    python packages/kubex-testing/tools/generate_columns.py http://127.0.0.1:8001
"""

# This is a script, not a module of the package.

import argparse
import json
import urllib.request
from pathlib import Path
from typing import Any

import kubex_testing
from kubex_testing.embedded._registry import Registry, ResourceType
from kubex_testing.embedded._tables import column_table

TARGET = Path(kubex_testing.__file__).parent / "embedded" / "columns.json"
ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io"


def table_paths() -> dict[str, str]:
    """Return the paths of the lists of all resources by the names of their buckets."""
    return {item.bucket: _path(item) for item in Registry() if item.is_stored and item.conversion is None}


def _path(resource: ResourceType) -> str:
    prefix = f"/apis/{resource.api_version}" if resource.group else f"/api/{resource.version}"
    return f"{prefix}/{resource.plural}"


def read(url: str) -> Any:
    """Return the list at a URL as a Table."""
    request = urllib.request.Request(url, headers={"Accept": ACCEPT})  # noqa: S310  # the URL of an argument
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
        return json.load(response)


def main() -> None:
    """Read the tables and write their columns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the http(s) URL of the server")
    parser.add_argument(
        "--output", type=Path, default=TARGET, help="the output file (default: the table in the package)"
    )
    arguments = parser.parse_args()
    tables = {bucket: read(f"{arguments.url}{path}") for bucket, path in table_paths().items()}
    arguments.output.write_text(column_table(tables), "utf-8")


if __name__ == "__main__":
    main()
