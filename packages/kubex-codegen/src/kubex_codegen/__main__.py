"""The command `kubex-codegen`: generate models from a document, CustomResourceDefinitions or a cluster."""

import argparse
import keyword
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import anyio

from kubex.client import create_client
from kubex.configuration import configure_from_kubeconfig
from kubex.errors import KubexError
from kubex_codegen._cluster import fetch_document
from kubex_codegen._document import Document
from kubex_codegen._errors import CodegenError
from kubex_codegen._generate import Options, generate
from kubex_codegen._sources import read_document
from kubex_codegen._write import write_files

EXAMPLES = """\
examples:
  kubex-codegen --from-cluster --group example.com -o ./models      the kinds of one API group of a cluster
  kubex-codegen openapi.json -o ./src --package myproject.models    all kinds of a document, as a package
  kubex-codegen crds/ -o ./models                                   the CustomResourceDefinitions in a folder
  helm template ./chart | kubex-codegen - -o ./models               the definitions from standard input
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 on success, 1 after a failure, 2 for wrong usage."""
    options = _parse(arguments)
    groups = frozenset(options.group)
    warnings: list[str] = []

    def warn(text: str) -> None:
        warnings.append(text)
        print(f"kubex-codegen: warning: {text}", file=sys.stderr)  # noqa: T201 - a command talks to its user

    try:
        if options.from_cluster:
            document = anyio.run(_from_cluster, options.context, groups, warn)
        else:
            document = read_document(options.file)
        generate_options = Options(groups=groups, descriptions=options.descriptions, reference=options.reference)
        files = generate(document, generate_options)
        folder = options.output.joinpath(*(options.package.split(".") if options.package else ()))
        write_files(files, folder, remove=not warnings)
    except (CodegenError, KubexError, OSError) as error:
        print(f"kubex-codegen: error: {error}", file=sys.stderr)  # noqa: T201 - a command talks to its user
        return 1
    return 0


async def _from_cluster(context: str | None, groups: frozenset[str], failed: Callable[[str], None]) -> Document:
    async with create_client(await configure_from_kubeconfig(context=context) if context else None) as client:
        return await fetch_document(client, groups, failed=failed)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="kubex-codegen",
        description="Generate typed models of Kubernetes kinds and custom resources.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('kubex-codegen')}")
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="an OpenAPI v2 or v3 document in JSON, or CustomResourceDefinitions in YAML or JSON: a file, plain or "
        "gzip, a folder, or - for standard input",
    )
    parser.add_argument("--from-cluster", action="store_true", help="read the documents of the current cluster")
    parser.add_argument("--context", help="the context of the kubeconfig to use with --from-cluster")
    parser.add_argument(
        "--group", action="append", default=[], help="an API group to generate, `core` for v1; can be repeated"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder to write to")
    parser.add_argument(
        "--package", type=_package, help="a dotted package name below the folder (default: the folder is the package)"
    )
    parser.add_argument(
        "--descriptions",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="convert the descriptions of kinds and fields to docstrings",
    )
    parser.add_argument("--reference", metavar="1.N", help="link to the API reference of this Kubernetes version")
    options = parser.parse_args(arguments)
    if bool(options.file) == options.from_cluster:
        parser.error("pass either a file or --from-cluster")
    if options.context and not options.from_cluster:
        parser.error("--context requires --from-cluster")
    return options


def _package(name: str) -> str:
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split(".")):
        raise argparse.ArgumentTypeError(f"{name!r} is not a valid package name; use identifiers separated by dots")
    return name


if __name__ == "__main__":
    sys.exit(main())
