"""The data of Secrets, which is base64 on the wire."""

import base64
from collections.abc import Mapping


def encode_secret_data(data: Mapping[str, str | bytes]) -> dict[str, str]:
    """Return values as `Secret.data` takes them; text is encoded as UTF-8."""
    return {
        key: base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
        for key, value in data.items()
    }


def decode_secret_data(data: Mapping[str, str] | None) -> dict[str, bytes]:
    """Return the values of `Secret.data`, none for None; raises ValueError, which names the key and not the value."""
    return {key: _decoded(key, value) for key, value in (data or {}).items()}


def _decoded(key: str, value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        # Without the cause: it may quote what is secret.
        raise ValueError(f"the value of {key!r} is not base64: encode_secret_data() makes it so") from None
