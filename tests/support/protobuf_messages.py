"""Bodies in the protobuf format of Kubernetes, with any content."""

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"


def varint(value: int) -> bytes:
    """Encode an unsigned integer."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def field(number: int, value: int | str | bytes) -> bytes:
    """Encode one field: an integer as a varint, and strings and messages with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value % (1 << 64))
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def envelope(kind: str = "", api_version: str = "", raw: bytes = b"") -> bytes:
    """Encode the message around an object."""
    type_meta = field(1, api_version) + field(2, kind)
    return MAGIC + field(1, type_meta) + field(2, raw) + field(3, "") + field(4, "")


def object_meta(name: str, namespace: str = "") -> bytes:
    """Encode the field `metadata` of an object."""
    return field(1, field(1, name) + field(3, namespace))


def string_map(**items: str) -> bytes:
    """Encode the field 2 of a ConfigMap: its data."""
    return b"".join(field(2, field(1, key) + field(2, value)) for key, value in items.items())
