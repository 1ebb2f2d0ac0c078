"""The options that all benchmarks have."""

import argparse
from pathlib import Path


def make_parser(module: str, description: str | None, *, rounds: int) -> argparse.ArgumentParser:
    """Return a parser of the options of a benchmark. `rounds` is the default."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument(
        "--rounds", type=int, default=rounds, help="number of samples of each case (default: %(default)s)"
    )
    parser.add_argument("--output", type=Path, help="write the raw samples to this JSON file")
    parser.add_argument("--markdown", action="store_true", help="update the tables in docs/benchmarks.md")
    return parser


def add_tiny(parser: argparse.ArgumentParser) -> None:
    """Add the option for tests of a benchmark."""
    parser.add_argument("--tiny", action="store_true", help="do very little work, to check that everything runs")


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Parse the command line and check the number of rounds."""
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options
