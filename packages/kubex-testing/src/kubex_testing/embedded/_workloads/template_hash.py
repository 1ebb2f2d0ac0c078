"""Short hashes of pod templates, for names and labels."""

import hashlib
import json

from kubex_testing._objects.json_types import JsonObject, object_at

POD_TEMPLATE_HASH = "pod-template-hash"
# The alphabet of Kubernetes for generated names: no vowels, so that no words appear.
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def template_hash(template: object, collisions: int = 0) -> str:
    """Return a hash of a template. It differs from the one of Kubernetes, which depends on the structures of Go."""
    text = json.dumps([template, collisions], sort_keys=True)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    return "".join(_ALPHABET[ord(digit) % len(_ALPHABET)] for digit in str(number))


def without_hash(template: JsonObject) -> JsonObject:
    """Return a template without the label of its hash."""
    labels = {**object_at(template, "metadata", "labels")}
    labels.pop(POD_TEMPLATE_HASH, None)
    return {**template, "metadata": {**object_at(template, "metadata"), "labels": labels}}
