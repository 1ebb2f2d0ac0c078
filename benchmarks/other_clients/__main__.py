"""Compare Kubex with other clients and with the limit in one run; see docs/benchmarks.md."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping

from benchmarks.affinity import cores, pinned
from benchmarks.options import make_parser, parse
from benchmarks.other_clients.environments import install, installed_version
from benchmarks.other_clients.table import HEADINGS, KUBEX_COLUMNS, TITLES, faster_than_kubex, rows
from benchmarks.report import (
    describe_machine,
    describe_samples,
    format_markdown,
    format_text,
    rewrite_block,
    write_samples,
)
from benchmarks.runner import Sample, run, server
from benchmarks.server import Sizes

CLIENTS = ("lightkube", "kubesdk", "kubernetes_asyncio", "kr8s")
SIZES = Sizes(500, 500, 2000, 8 * 2**20)
COUNTS = {"get": 200, "concurrent": 6, "list": 3, "list-full": 3, "list-names": 3}
"""How often a sample repeats a case; cases that are not listed run once."""

UNSUPPORTED = {("limit", "list-names"), ("limit", "watch-names"), ("kubesdk", "log")} | {
    ("kubex_iterate", case) for case in TITLES if not case.startswith("list")
}


def _samples(pythons: Mapping[str, str], failures: dict[str, str], rounds: int) -> Iterator[Sample]:
    client_core, server_core = cores()
    with server(SIZES, server_core) as url, pinned(client_core):
        steps = [(case, client) for case in TITLES for client in pythons if (client, case) not in UNSUPPORTED]
        for number in range(rounds):
            for case, client in steps if number % 2 == 0 else reversed(steps):
                if f"{client} {case}" in failures:
                    continue
                command = ["-m", "benchmarks.other_clients.worker", client, case, url, str(SIZES.events)]
                try:
                    measured = run([*command, str(COUNTS.get(case, 1))], pythons[client])
                except subprocess.CalledProcessError as error:
                    if client not in CLIENTS:
                        raise
                    failures[f"{client} {case}"] = f"its process exited with code {error.returncode}, see its traceback"
                    continue
                yield Sample(number, "asyncio", case, client, **json.loads(measured))


def _arguments() -> argparse.Namespace:
    parser = make_parser("benchmarks.other_clients", __doc__, rounds=3)
    parser.add_argument("--client", action="append", choices=CLIENTS, help="measure only this client; may be repeated")
    return parse(parser)


def main() -> None:
    """Install the clients, measure, print the table, and write the files that the options select."""
    options = _arguments()
    pythons = dict.fromkeys(("limit", *KUBEX_COLUMNS), sys.executable)
    versions, failures = dict[str, str](), dict[str, str]()
    for client in options.client or CLIENTS:
        python = install(client)
        if isinstance(python, str):
            failures[client] = python
        else:
            pythons[client], versions[client] = str(python), installed_version(client, python)
    collected: list[Sample] = []
    for sample in _samples(pythons, failures, options.rounds):
        collected.append(sample)
        print(f"round {sample.round + 1}/{options.rounds}  {sample.case} {sample.subject}", file=sys.stderr)
    about, table = describe_machine() | versions, rows(collected, list(pythons))
    headings = (*HEADINGS, *pythons)
    notes = [f"* {name} is missing: {reason}." for name, reason in failures.items()]
    faster = [f"* {line}." for line in faster_than_kubex(collected, versions)]
    notes += faster or ["* No other client needs less CPU time than kubex in any row."]
    print(format_text(table, headings), *notes, sep="\n")
    if options.output is not None:
        write_samples(options.output, collected, about)
    if options.markdown:
        body = [describe_samples(collected, about), format_markdown(table, headings), "\n".join(notes)]
        rewrite_block("other-clients", "\n\n".join(body))


if __name__ == "__main__":
    main()
