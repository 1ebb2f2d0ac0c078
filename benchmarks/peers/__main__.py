"""Other clients beside kubex and the limit, in one interleaved run; see docs/benchmarks.md."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.affinity import cores, pinned
from benchmarks.peers.environments import prepare, version
from benchmarks.peers.table import HEADINGS, KUBEX, TITLES, behind, rows
from benchmarks.report import described, machine, markdown, rewrite_block, text, write_samples
from benchmarks.runner import Sample, run, server
from benchmarks.server import Sizes

PEERS = ("lightkube", "kubesdk", "kubernetes_asyncio", "kr8s")
SIZES = Sizes(500, 500, 2000, 8 * 2**20)
COUNTS = {"get": 200, "concurrent": 6, "list": 3, "list-full": 3, "list-names": 3}
"""How often a sample repeats a case, where that is not once."""

LACKS = {("limit", "list-names"), ("limit", "watch-names"), ("kubesdk", "log")} | {
    ("kubex_iterate", case) for case in TITLES if not case.startswith("list")
}


def _samples(pythons: Mapping[str, str], failures: dict[str, str], rounds: int) -> Iterator[Sample]:
    client_core, server_core = cores()
    with server(SIZES, server_core) as url, pinned(client_core):
        steps = [(case, client) for case in TITLES for client in pythons if (client, case) not in LACKS]
        for number in range(rounds):
            for case, client in steps if number % 2 == 0 else reversed(steps):
                if f"{client} {case}" in failures:
                    continue
                command = ["-m", "benchmarks.peers.worker", client, case, url, str(SIZES.events)]
                try:
                    measured = run([*command, str(COUNTS.get(case, 1))], pythons[client])
                except subprocess.CalledProcessError as error:
                    if client not in PEERS:
                        raise
                    failures[f"{client} {case}"] = f"its process ended with {error.returncode}, see its traceback"
                    continue
                yield Sample(number, "asyncio", case, client, **json.loads(measured))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="samples of everything (default: 3)")
    parser.add_argument("--peer", action="append", choices=PEERS, help="this alone; may be repeated")
    parser.add_argument("--output", type=Path, help="write the raw samples to this JSON file")
    parser.add_argument("--markdown", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def main() -> None:
    """Install the peers, measure, print, and write what was asked for."""
    options = _arguments()
    pythons, versions, failures = dict.fromkeys(("limit", *KUBEX), sys.executable), dict[str, str](), dict[str, str]()
    for peer in options.peer or PEERS:
        python = prepare(peer)
        if isinstance(python, str):
            failures[peer] = python
        else:
            pythons[peer], versions[peer] = str(python), version(peer, python)
    taken: list[Sample] = []
    for sample in _samples(pythons, failures, options.rounds):
        taken.append(sample)
        print(f"round {sample.round + 1}/{options.rounds}  {sample.case} {sample.subject}", file=sys.stderr)
    about, table = machine() | versions, rows(taken, list(pythons))
    headings = (*HEADINGS, *pythons)
    notes = [f"* {what} is missing: {why}." for what, why in failures.items()]
    notes += [f"* {line}." for line in behind(taken, versions)] or ["* No peer takes less than kubex in any row."]
    print(text(table, headings), *notes, sep="\n")
    if options.output is not None:
        write_samples(options.output, taken, about)
    if options.markdown:
        body = [described(taken, about), markdown(table, headings), "\n".join(notes)]
        rewrite_block("peers", "\n\n".join(body))


if __name__ == "__main__":
    main()
