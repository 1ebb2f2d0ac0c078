"""Decode damaged protobuf bodies: only a ProtobufError may be raised.

PYTHONPATH=tests uv run python -m support.damaged_protobuf 100000
"""

import sys
from collections import Counter
from random import Random

from kubex_testing._objects.json_types import JsonObject
from kubex_testing._objects.protobuf import ProtobufError, decode_message, message_name, read_envelope

from .go_objects import committed_samples


def decode(body: bytes) -> JsonObject:
    """Decode a complete body. Raises ProtobufError, also for an unknown kind."""
    envelope = read_envelope(body)
    name = message_name(envelope.api_version, envelope.kind)
    if name is None:
        raise ProtobufError(f'no kind "{envelope.kind}" is registered for version "{envelope.api_version}"')
    type_meta = {"kind": envelope.kind, "apiVersion": envelope.api_version}
    return type_meta | decode_message(name, envelope.raw)


def damage(body: bytes, random: Random) -> bytes:
    """Change, remove, repeat or insert bytes at up to three places, or remove the end."""
    changed = bytearray(body)
    for _ in range(random.randint(1, 3)):
        start = random.randrange(len(changed) + 1)
        end = start + random.randint(0, 8)
        kind = random.randrange(5)
        if kind == 0:
            changed[start:end] = random.randbytes(end - start)
        elif kind == 1:
            changed[start:start] = changed[start:end]
        elif kind == 2 and start < len(changed):
            changed[start] ^= 1 << random.randrange(8)
        elif kind == 3:
            del changed[start:end]
        else:
            del changed[start:]
    return bytes(changed)


def decode_damaged(count: int, seed: int) -> Counter[str]:
    """Damage the committed objects, and return how many were decoded, and how many raised an error."""
    random = Random(seed)  # noqa: S311  # reproducible damage
    bodies = [sample.protobuf for sample in committed_samples()]
    results = Counter[str]()
    for number in range(count):
        results["decoded" if _is_valid(damage(bodies[number % len(bodies)], random)) else "error"] += 1
    return results


def _is_valid(body: bytes) -> bool:
    try:
        decode(body)
    except ProtobufError:
        return False
    return True


if __name__ == "__main__":
    sys.stdout.write(f"{dict(decode_damaged(int(sys.argv[1]), seed=1))}\n")
