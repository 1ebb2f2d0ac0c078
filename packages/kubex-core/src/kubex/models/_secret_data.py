"""Conversion of `Secret.data`, which contains base64."""

import base64
from collections.abc import Mapping


def encode_secret_data(data: Mapping[str, str | bytes]) -> dict[str, str]:
    """Return the values in base64, as `Secret.data` and `ConfigMap.binary_data` require.

    Text is first encoded as UTF-8. The two fields do not accept bytes, because these may already be encoded.

    See https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/.

    Example:
        assert encode_secret_data({"password": "open sesame"}) == {"password": "b3BlbiBzZXNhbWU="}
    """
    return {
        key: base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
        for key, value in data.items()
    }


def decode_secret_data(data: Mapping[str, str] | None) -> dict[str, bytes]:
    """Return the values of `Secret.data` as bytes; return an empty dict for None.

    Raises ValueError if a value is not base64. The message contains the key, but not the value. Use
    `decode_secret_data(secret.data)["tls.crt"]` to read one value.

    Example:
        assert decode_secret_data({"password": "b3BlbiBzZXNhbWU="}) == {"password": b"open sesame"}
    """
    return {key: _decode_value(key, value) for key, value in (data or {}).items()}


def _decode_value(key: str, value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        # The cause is not chained, because its message can contain a part of the secret.
        raise ValueError(
            f"the value of {key!r} is not base64: use encode_secret_data() to encode text or bytes"
        ) from None
