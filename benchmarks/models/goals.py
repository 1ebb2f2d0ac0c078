"""The goals of the generated models."""

from benchmarks.goals import Row
from benchmarks.runner import Sample

PAIR = "models"
"""The value of `Sample.pair` for samples without an HTTP library."""

AFTER_PYDANTIC, AFTER_MODEL = "pydantic", "pydantic and a first model"


def cpu_ms(sample: Sample) -> float:
    """Return the CPU milliseconds of one unit."""
    return 1000 * sample.cpu / sample.units


def megabytes(sample: Sample) -> float:
    """Return the increase of the memory of the process."""
    return (sample.peak_rss or 0) / 2**20


def _goals_for_both(bound: float) -> dict[str, float]:
    return {AFTER_PYDANTIC: bound, AFTER_MODEL: bound}


ROWS = (
    Row("decode a Pod at once (`Pod.model_validate_json`)", "decode-once", "decode", {PAIR: 2.0}),
    Row("decode a Pod, a few fields of metadata, spec and status read", "decode", "decode", {PAIR: 2.0}),
    Row("decode a Pod, only name and labels read", "decode-names", "decode"),
    Row("decode a ConfigMap, everything read", "config-map", "config-map"),
    Row("PodList of 500, a few fields of metadata, spec and status read", "list", "list", {PAIR: 1.9}),
    Row("PodList of 500, eager and read in full, compared with reading every field of dicts", "list-full", "list-full"),
    Row("PodList of 500, only names and labels read", "list-names", "list", {PAIR: 0.6}),
    Row("watch events, a few fields of metadata, spec and status read", "watch", "watch", {PAIR: 2.4}),
    Row("watch events, eager and read in full, compared with reading every field of dicts", "watch-full", "watch-full"),
    Row("watch events, only metadata read", "watch-names", "watch", {PAIR: 0.85}),
    Row("dump a Pod, compared with `from_json` of it", "dump", "decode"),
    Row("dump a Pod, compared with `to_json` of its dict", "dump", "dump"),
    Row("`import Pod`", "import-pod", None, _goals_for_both(45.0), metric=cpu_ms, unit=" ms"),
    Row("`import ConfigMap`", "import-config-map", None, _goals_for_both(15.0), metric=cpu_ms, unit=" ms"),
    Row("`import Pod`, and decode the first", "import-decode", None, metric=cpu_ms, unit=" ms"),
    Row("import of every model of 1.37", "import-everything", None, metric=cpu_ms, unit=" ms"),
    Row("memory of `import Pod`", "import-pod", None, metric=megabytes, unit=" MB"),
    Row("memory of `import Pod`, and decode the first", "import-decode", None, metric=megabytes, unit=" MB"),
    Row("memory of every model of 1.37", "import-everything", None, metric=megabytes, unit=" MB"),
    Row("import, Pod and first GET in a fresh process", "startup", "startup", {PAIR: 1.35}),
)
