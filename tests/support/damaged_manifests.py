"""Read damaged and random manifests: only a ManifestError may be raised.

PYTHONPATH=tests uv run python -m support.damaged_manifests 1000000
"""

import sys
from collections import Counter
from random import Random

from kubex.errors import ManifestError
from kubex.manifests import dump, load
from manifests.random_objects import random_object

_PIECES = [
    *(
        "a",
        "b: ",
        "- ",
        "\n",
        "\n  ",
        "\n---\n",
        "...\n",
        "? ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ",",
        '"',
        "'",
        "|\n",
        ">-\n ",
    ),
    *("&a ", "*a", "<<: ", "!!int ", "!x ", "#", "%YAML 1.1\n", "\t", "\r", "\ufeff", "\x00", "\\u", "1e999", ".inf"),
    *("apiVersion: v1\n", "kind: List\n", "items:\n", '{"kind":"A","apiVersion":"v1"}', "\U0001f600"),
    *("9" * 30, "[" * 300),
]
_MANIFEST = """\
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: &metadata {name: web, labels: {app: web, version: "1.0"}}
  spec: {replicas: 3, template: {metadata: *metadata}}
---
# comment
{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a\\u00e9": "1", "b": 1.5}}
---
apiVersion: v1
kind: Secret
data:
  key: |
    first
      second
  other: >-
    folded
    text
"""


def _samples(random: Random) -> list[str]:
    objects = [dump([random_object(random) for _ in range(2)]) for _ in range(20)]
    return [_MANIFEST, _MANIFEST.partition("# comment\n")[2], *objects]


def _random_text(random: Random) -> str:
    return "".join(random.choices(_PIECES, k=random.randint(1, 12)))


def _damage(text: str, random: Random) -> str | bytes:
    """Insert, remove or repeat text at up to three places, or change a byte."""
    for _ in range(random.randint(1, 3)):
        start = random.randrange(len(text) + 1)
        end = start + random.randint(0, 8)
        inserted = random.choice(["", text[start:end] * 2, random.choice(_PIECES)])
        text = text[:start] + inserted + text[end:]
    if random.random() < 0.8:
        return text
    content = bytearray(text.encode(random.choice(["utf-8", "utf-16", "latin-1"]), "replace"))
    content[random.randrange(len(content) + 1) :][:1] = random.randbytes(1)
    return bytes(content)


def read_damaged(count: int, seed: int) -> Counter[str]:
    """Read this number of texts, and return how many were read, and how many raised a ManifestError."""
    random = Random(seed)  # noqa: S311  # reproducible damage
    samples = _samples(random)
    results = Counter[str]()
    for number in range(count):
        text = _random_text(random) if number % 2 else _damage(random.choice(samples), random)
        results["read" if _is_valid(text) else "error"] += 1
    return results


def _is_valid(text: str | bytes) -> bool:
    try:
        load(text)
    except ManifestError:
        return False
    return True


if __name__ == "__main__":
    print(dict(read_damaged(int(sys.argv[1]), seed=1)))  # noqa: T201
