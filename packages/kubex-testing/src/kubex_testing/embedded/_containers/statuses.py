"""The status of a command on the error channel: JSON in v4 and v5, and text in the first version."""

import json
from typing import Any

from .channels import Subprotocol

# Go escapes these characters in JSON.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def success(subprotocol: Subprotocol) -> bytes | None:
    """Return the status of a command with exit code 0; None if the subprotocol sends none."""
    return None if subprotocol.version < 4 else _encode(subprotocol, {"status": "Success"})


def exit_status(subprotocol: Subprotocol, code: int) -> bytes:
    """Return the status of a command with another exit code."""
    document = {
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: command terminated with exit code {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }
    return _encode(subprotocol, document)


def internal_error(subprotocol: Subprotocol, problem: str) -> bytes:
    """Return the status of a command that did not run to its end."""
    # In v5 kube-apiserver wraps the status of the kubelet into another one.
    if subprotocol.version >= 5:
        return refused(subprotocol, f"Internal error occurred: {problem}")
    document = {
        "status": "Failure",
        "message": f"Internal error occurred: {problem}",
        "reason": "InternalError",
        "code": 500,
    }
    return _encode(subprotocol, document)


def refused(subprotocol: Subprotocol, problem: str) -> bytes:
    """Return the status of kube-apiserver for an error of the kubelet (v5)."""
    document = {
        "status": "Failure",
        "message": f"Internal error occurred: {problem}",
        "reason": "InternalError",
        "details": {"causes": [{"message": problem}]},
        "code": 500,
    }
    return _encode(subprotocol, document)


def _encode(subprotocol: Subprotocol, document: dict[str, Any]) -> bytes:
    if subprotocol.version < 4:
        return str(document["message"]).encode()
    if subprotocol.version >= 5:
        document = {"metadata": {}, **document}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES).encode("utf-8", "surrogatepass")
