"""The goals of exec, port-forward and files, compared with the raw WebSocket."""

from benchmarks.cases import PAIRS
from benchmarks.goals import Row
from benchmarks.runner import Sample

_THROUGHPUT = dict.fromkeys(PAIRS, 0.8)
_CPU = dict.fromkeys(PAIRS, 1.5)

_TITLES = {
    "exec-output": "exec, output",
    "exec-input": "exec, input",
    "port-output": "port-forward, data of the Pod",
    "port-input": "port-forward, data to the Pod",
    "file-download": "files, download",
    "file-upload": "files, upload",
    "file-read": "files, read",
    "file-write": "files, write",
}


def elapsed(sample: Sample) -> float:
    """Return the elapsed seconds of one unit."""
    return (sample.wall or 0.0) / sample.units


ROWS = (
    *(
        Row(f"{title}, bytes per CPU second", case, case, _THROUGHPUT, higher_is_better=True)
        for case, title in _TITLES.items()
    ),
    *(
        Row(f"{title}, bytes per second", case, case, _THROUGHPUT, higher_is_better=True, metric=elapsed)
        for case, title in _TITLES.items()
    ),
    Row('`exec.run("true")`, CPU', "exec-true", "exec-true", _CPU),
)
