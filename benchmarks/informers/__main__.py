"""Measure informers next to a bare watch, the limit and other clients in one run; see docs/benchmarks.md."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.affinity import cores, pinned
from benchmarks.informers.goals import Values, goal_rows, peer_rows
from benchmarks.informers.worker import CASES
from benchmarks.options import add_tiny, make_parser, parse
from benchmarks.other_clients.environments import install, installed_version
from benchmarks.report import describe_machine, format_markdown, format_text, rewrite_block
from benchmarks.runner import run, server_process

PEERS = ("kubernetes", "cloudcoil", "kopf")
PACKAGES = {"cloudcoil": ("cloudcoil[kubernetes]",)}
"""What is installed for a client, if it is not only the package of this name."""

HEADINGS = ("benchmark", "goal", "median", "min - max", "met")
PEER_HEADINGS = ("client", "events per CPU second", "CPU, Kubex = 1", "bytes of an object", "memory, Kubex = 1")

EVENTS = 20_000
COUNTS = {"limit-list": 20_000, "sync": 100_000, "relist": 100_000, "import": 1}
"""The number of events or objects of each case; by default `EVENTS`."""

PEER_EVENTS, PEER_OBJECTS = 5_000, 10_000
"""The numbers for other clients. An informer of cloudcoil keeps at most 10,000 objects."""

PEER_SECONDS = 300.0
"""The time limit of another client."""


def measure(url: str, *, tiny: bool) -> dict[str, float]:
    """Take one round of samples, each case in a new process."""
    values: dict[str, float] = {}
    for case in CASES:
        count = COUNTS.get(case, EVENTS)
        if tiny and count > 1:
            count = 2_000
        found: Mapping[str, float] = json.loads(run(["-m", "benchmarks.informers.worker", case, url, str(count)]))
        values |= {f"{case} {name}": value for name, value in found.items()}
    return values


def measure_peer(peer: str, python: Path, url: str) -> Mapping[str, float] | str:
    """Take one sample of another client; return the reason if it fails."""
    command = ["-m", f"benchmarks.informers.peers.{peer}", url, str(PEER_EVENTS), str(PEER_OBJECTS)]
    try:
        found: Mapping[str, float] = json.loads(run(command, str(python), timeout=PEER_SECONDS))
    except subprocess.CalledProcessError as error:
        return f"its process exited with code {error.returncode}, see its traceback"
    except subprocess.TimeoutExpired:
        return f"it did not finish within {PEER_SECONDS:g} s"
    return found


def take_rounds(rounds: int, pythons: Mapping[str, Path], failures: dict[str, str], *, tiny: bool) -> list[Values]:
    """Take all samples."""
    client_core, server_core = cores()
    taken: list[Values] = []
    for number in range(rounds):
        # A new server for each round, because it remembers which watches have expired.
        with server_process("benchmarks.informers.server", [], server_core) as url, pinned(client_core):
            values = measure(url, tiny=tiny)
            for peer, python in pythons.items():
                found = "" if peer in failures else measure_peer(peer, python, url)
                if isinstance(found, str):
                    failures.setdefault(peer, found)
                else:
                    values |= {f"{peer} {name}": value for name, value in found.items()}
        taken.append(values)
        print(f"round {number + 1}/{rounds}", file=sys.stderr)
    return taken


def main() -> None:
    """Measure, print the tables, and write the files that the options select."""
    parser = make_parser("benchmarks.informers", __doc__, rounds=5)
    add_tiny(parser)
    parser.add_argument("--peer", action="append", choices=PEERS, help="measure only this client; may be repeated")
    options = parse(parser)
    about, failures, pythons = describe_machine(), dict[str, str](), dict[str, Path]()
    for peer in () if options.tiny else options.peer or PEERS:
        python = install(peer, *PACKAGES.get(peer, ()))
        if isinstance(python, str):
            failures[peer] = python
        else:
            pythons[peer], about[peer] = python, installed_version(peer, python)
    rounds = take_rounds(options.rounds, pythons, failures, tiny=options.tiny)
    goals, peers = goal_rows(rounds), peer_rows(rounds, [peer for peer in pythons if peer not in failures])
    notes = "\n".join(f"* {name} is missing: {reason}." for name, reason in failures.items())
    print(format_text(goals, HEADINGS), format_text(peers, PEER_HEADINGS), notes, sep="\n\n")
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps({"machine": about, "rounds": rounds}, indent=1) + "\n", encoding="utf-8")
    if options.markdown:
        sizes = f"{len(rounds)} rounds: {', '.join(f'{name} {value}' for name, value in about.items())}."
        tables = [format_markdown(goals, HEADINGS), format_markdown(peers, PEER_HEADINGS), notes]
        rewrite_block("informers", "\n\n".join(part for part in (sizes, *tables) if part))


if __name__ == "__main__":
    main()
