"""Compare kubectl on the embedded server and on a real control plane, and print the results as a table.

PYTHONPATH=tests python -m testing.kubectl --kubectl PATH
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from kubex_testing.controlplane import ControlPlane
from testing.kubectl.comparison import Row, run_matrix, running_embedded_server
from testing.kubectl.groups import GROUPS
from testing.kubectl.runner import find_kubectl


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and return 1 if a command that works on the real server differs."""
    parser = argparse.ArgumentParser(prog="testing.kubectl", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--kubectl", default=find_kubectl(), help="the program (default: KUBEX_KUBECTL, or KUBEBUILDER_ASSETS)"
    )
    parser.add_argument("--group", action="append", choices=[group.name for group in GROUPS], help="only this group")
    parser.add_argument("--differences", action="store_true", help="also print the differences")
    options = parser.parse_args(arguments)
    if options.kubectl is None:
        parser.error("no kubectl found; name it with --kubectl, or set KUBEBUILDER_ASSETS")
    groups = [group for group in GROUPS if options.group is None or group.name in options.group]
    started = time.monotonic()  # real time: the figure that is printed
    with (
        ControlPlane(controller_manager=True, kubelet=True) as real,
        running_embedded_server() as embedded,
        tempfile.TemporaryDirectory() as folder,
    ):
        rows = run_matrix(options.kubectl, real, embedded, groups, Path(folder))
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)  # without the control plane, which still runs
    for row in rows:
        _print(f"{row.group:10} {_verdict(row):22} kubectl {row.command.line}")
        if row.difference and options.differences:
            _print("    " + row.difference.replace("\n", "\n    "))
    _print_summary(rows)
    elapsed = time.monotonic() - started  # real time: the figure that is printed
    _print(f"{elapsed:.1f} s, and {usage.ru_utime + usage.ru_stime:.1f} s of CPU time of kubectl")
    return int(any(row.works_on_real and row.difference for row in rows))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _verdict(row: Row) -> str:
    if not row.works_on_real:
        return "fails on the real server"[:22]
    if not row.works_on_embedded:
        return "FAILS"
    return "output differs" if row.difference else "equal"


def _print_summary(rows: Sequence[Row]) -> None:
    _print(f"\n{'group':10} {'commands':>9} {'real':>6} {'embedded':>9} {'equal':>6}")
    for name in [*dict.fromkeys(row.group for row in rows), "all"]:
        of_group = [row for row in rows if name in (row.group, "all")]
        works = [row for row in of_group if row.works_on_real]
        embedded, equal = sum(row.works_on_embedded for row in works), sum(not row.difference for row in works)
        _print(f"{name:10} {len(of_group):9} {len(works):6} {embedded:9} {equal:6}")


if __name__ == "__main__":
    sys.exit(main())
