"""What a plugin answers: an `ExecCredential` on standard output. No error quotes any of it."""

import json
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import msgspec

from kubex.core._unicode import has_lone_surrogate
from kubex.credentials._authentication import Authentication, TLSIdentity
from kubex.credentials._client_certificate import load_identity
from kubex.credentials._exec_config import API_VERSIONS
from kubex.credentials._static import bearer
from kubex.credentials._tokens import token_problem
from kubex.errors import ConfigurationError

_BEYOND_MICROSECONDS = re.compile(r"(?<=\.\d{6})\d+")

CERTIFICATE_FIELDS = "status.clientCertificateData, status.clientKeyData"


@dataclass(frozen=True, slots=True)
class ExecCredential:
    """What a plugin answered, and until when it holds; None is until the server refuses it."""

    authentication: Authentication
    expires: datetime | None


def parse_exec_credential(output: bytes, *, api_version: str, source: str, known: TLSIdentity | None) -> ExecCredential:
    """Read what a plugin printed, and see whether OpenSSL takes its certificate unless that is `known`; blocks.

    Raises `ConfigurationError`.
    """
    status = _status(output, api_version, source)
    token = _text(status, "token", source)
    cert, key = _text(status, "clientCertificateData", source), _text(status, "clientKeyData", source)
    if token is None and cert is None and key is None:
        raise ConfigurationError("holds neither a token nor a client certificate", source=source, field="status")
    if token is not None and (problem := token_problem(token)):
        raise ConfigurationError(problem, source=source, field="status.token")
    identity: TLSIdentity | None = None
    if cert is not None and key is not None:
        identity = TLSIdentity(cert_pem=cert, key_pem=key)
        if identity != known:
            _check_identity(identity, source)
    elif cert is not None or key is not None:
        problem = "one is there without the other; a client certificate needs its key"
        raise ConfigurationError(problem, source=source, field=CERTIFICATE_FIELDS)
    headers = bearer(token).headers if token is not None else ()
    return ExecCredential(Authentication(headers=headers, tls=identity), _expiry(status, source))


def _status(output: bytes, api_version: str, source: str) -> dict[str, object]:
    answer = _mapping(_document(output))
    if answer is None:
        what = "nothing" if not output.strip() else "something else"
        raise ConfigurationError(
            f"must print an ExecCredential in JSON or YAML on standard output, but printed {what}", source=source
        )
    if answer.get("kind") != "ExecCredential":
        raise ConfigurationError("must be 'ExecCredential' in what it prints", source=source, field="kind")
    if answer.get("apiVersion") != api_version:
        printed = next((version for version in API_VERSIONS if version == answer.get("apiVersion")), "another or none")
        raise ConfigurationError(
            f"{api_version} was asked for, and {printed} was printed; correct api_version or update the plugin",
            source=source,
            field="apiVersion",
        )
    status = _mapping(answer.get("status"))
    if status is None:
        raise ConfigurationError("is missing in what it prints", source=source, field="status")
    return status


def _document(output: bytes) -> object:
    """Read JSON, else YAML as kubectl does; None if it is neither. Exceptions hold the output, so none is chained."""
    with suppress(ValueError, RecursionError):
        return json.loads(output)
    import yaml  # few plugins need it

    from kubex.core.yaml import YAMLLimits, read_yaml

    with suppress(yaml.YAMLError, ValueError):
        return read_yaml(output, YAMLLimits(depth=100, nodes=100_000, expanded=8 << 20)).value
    return None


def _mapping(value: object) -> dict[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _text(status: dict[str, object], name: str, source: str) -> str | None:
    value = status.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ConfigurationError("must be text", source=source, field=f"status.{name}")
    if has_lone_surrogate(value):
        raise ConfigurationError("is not text in Unicode", source=source, field=f"status.{name}")
    return value


def _check_identity(identity: TLSIdentity, source: str) -> None:
    try:
        load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), identity)
    except ConfigurationError as error:
        raise ConfigurationError(error.problem, source=source, field=CERTIFICATE_FIELDS) from error


def _expiry(status: dict[str, object], source: str) -> datetime | None:
    value = status.get("expirationTimestamp")
    if value is None:
        return None
    if isinstance(value, str) and has_lone_surrogate(value):
        value = None
    try:  # what is beyond microseconds would be rounded, and "for ever" is the last moment that there is
        moment = msgspec.convert(_BEYOND_MICROSECONDS.sub("", value), datetime) if isinstance(value, str) else None
    except msgspec.ValidationError:
        moment = None
    if moment is None or moment.tzinfo is None:
        problem = "is not a time of RFC 3339, such as 2030-01-31T12:00:00Z"
        raise ConfigurationError(problem, source=source, field="status.expirationTimestamp")
    return moment if moment.year > 1 else None  # Go's zero time stands for none
