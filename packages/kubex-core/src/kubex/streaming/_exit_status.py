"""The status message of exec and attach, which contains the result of the command."""

from __future__ import annotations

import re

from pydantic import ValidationError

from kubex.core._api_errors import ApiError, error_from_status
from kubex.core._exec_errors import CommandStartError, refine_error
from kubex.errors import DecodeError
from kubex.models import Status

# What kube-apiserver sends with v5 and with v4. Most commands succeed, and this is faster than decoding.
_SUCCESS = frozenset((b'{"metadata":{},"status":"Success"}', b'{"status":"Success"}'))

_NON_ZERO = "NonZeroExitCode"
_CAUSE = "ExitCode"
_EXIT_CODE = re.compile(r"-?[0-9]{1,10}")


def decode_exit_status(data: bytes, *, path: str) -> int | ApiError:
    """Return the exit code, or the error if the command could not be started.

    Raises DecodeError if the message is not a `Status`, or if the exit code is missing.
    """
    if data in _SUCCESS:
        return 0
    try:
        status = Status.model_validate_json(data)
    except ValidationError as error:
        raise DecodeError("the status of the command", "it is not a Status in JSON", "GET", path) from error
    if status.status == "Success":
        return 0
    if status.reason == _NON_ZERO:
        return _exit_code(status, path)
    # The kubelet reports everything that prevents the start of the command as an InternalError with a text of the
    # container runtime.
    plain = error_from_status(status, method="GET", path=path)
    refined = refine_error(plain)
    return CommandStartError(plain.status, status, "GET", path) if refined is plain else refined


def _exit_code(status: Status, path: str) -> int:
    causes = status.details.causes if status.details is not None else []
    for cause in causes:
        if cause.reason == _CAUSE and (match := _EXIT_CODE.fullmatch(cause.message or "")) is not None:
            return int(match[0])
    raise DecodeError("the status of the command", "it does not contain an exit code", "GET", path)
