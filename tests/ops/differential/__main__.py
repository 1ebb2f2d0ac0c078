"""Compare random sets with kubectl, and print what differs.

PYTHONPATH=tests nice -n 10 python -m ops.differential --sets 500 --embedded
"""

import argparse
import resource
import sys
import time
from collections.abc import Sequence

from kubex_testing.embedded import EmbeddedServer
from ops.differential.comparison import Side, control_plane, side
from ops.differential.diffs import compare_sets
from ops.differential.sets import make_set
from testing.kubectl.runner import find_kubectl


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the sets, and return 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="ops.differential", description="Compare random sets with kubectl.")
    parser.add_argument("--sets", type=int, default=40, help="the number of sets")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", type=int, nargs="*", help="run these sets only")
    parser.add_argument("--batch", type=int, default=40, help="the number of sets for one kubectl process")
    parser.add_argument("--embedded", action="store_true", help="compare on the embedded server")
    options = parser.parse_args(arguments)
    kubectl = find_kubectl()
    if kubectl is None:
        parser.error("no kubectl found; set KUBEBUILDER_ASSETS")
    numbers = options.only or list(range(options.sets))
    batches = [numbers[start : start + options.batch] for start in range(0, len(numbers), options.batch)]
    found = 0
    if not options.embedded:
        with control_plane() as handle, side("real", handle, kubectl) as real:
            found = _run(real, options.seed, batches)
    else:
        server = EmbeddedServer(controllers=("namespace-controller", "gc", "bootstrap"))
        with server, side("embedded", server.handle_for_programs, kubectl) as embedded:
            found += _run(embedded, options.seed, batches)
    return int(found > 0)


def _run(server: Side, seed: int, batches: Sequence[Sequence[int]]) -> int:
    started = time.monotonic()  # real time: the figure that is printed
    found = documents = 0
    for batch in batches:
        sets = [make_set(seed, number) for number in batch]
        documents += sum(len(each.items) for each in sets)
        for line in compare_sets(server, sets):
            found += 1
            sys.stdout.write(f"{server.cluster.name}: {line}\n")
        sys.stdout.flush()
    elapsed = time.monotonic() - started  # real time: the figure that is printed
    count = sum(map(len, batches))
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(
        f"CPU time: {own.ru_utime + own.ru_stime:.1f} s of this process, "
        f"{children.ru_utime + children.ru_stime:.1f} s of kubectl\n"
        f"{server.cluster.name}: {count} sets, {documents} documents, {found} differences, {elapsed:.0f} s\n"
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
