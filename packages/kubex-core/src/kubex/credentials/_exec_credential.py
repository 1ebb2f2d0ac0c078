"""Parse the output of an exec plugin, an `ExecCredential` in JSON or YAML. Errors do not quote it."""

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

CERTIFICATE_FIELDS = "status.clientCertificateData, status.clientKeyData"

_NANOSECONDS = re.compile(r"(?<=\.\d{6})\d+")


@dataclass(frozen=True, slots=True)
class ExecCredential:
    """The credentials that a plugin printed, and their expiry; None if they do not expire."""

    authentication: Authentication
    expires: datetime | None


def parse_exec_credential(output: bytes, *, api_version: str, source: str, known: TLSIdentity | None) -> ExecCredential:
    """Parse the output of a plugin; blocks. OpenSSL checks the certificate, unless it is `known`.

    Raises `ConfigurationError`.
    """
    status = _status(output, api_version, source)
    token = _string(status, "token", source)
    cert, key = _string(status, "clientCertificateData", source), _string(status, "clientKeyData", source)
    if token is None and cert is None and key is None:
        raise ConfigurationError(
            "contains neither a token nor a client certificate; check the arguments of the plugin",
            source=source,
            field="status",
        )
    if token is not None and (problem := token_problem(token)):
        raise ConfigurationError(problem, source=source, field="status.token")
    identity: TLSIdentity | None = None
    if cert is not None and key is not None:
        identity = TLSIdentity(cert_pem=cert, key_pem=key)
        if identity != known:
            _check_identity(identity, source)
    elif cert is not None or key is not None:
        problem = "only one of the two is set; a client certificate needs its key"
        raise ConfigurationError(problem, source=source, field=CERTIFICATE_FIELDS)
    headers = bearer(token).headers if token is not None else ()
    return ExecCredential(Authentication(headers=headers, tls=identity), _expiry(status, source))


def _status(output: bytes, api_version: str, source: str) -> dict[str, object]:
    credential = _mapping(_document(output))
    if credential is None:
        printed = "nothing" if not output.strip() else "something else"
        raise ConfigurationError(
            f"must print an ExecCredential in JSON or YAML on standard output, but printed {printed}", source=source
        )
    if credential.get("kind") != "ExecCredential":
        raise ConfigurationError("must be 'ExecCredential' in the output", source=source, field="kind")
    if credential.get("apiVersion") != api_version:
        # Only a known version is shown, because any field of the output may contain a secret.
        printed = next((each for each in API_VERSIONS if each == credential.get("apiVersion")), "another version")
        raise ConfigurationError(
            f"must be {api_version} in the output, not {printed}; correct api_version, or update the plugin",
            source=source,
            field="apiVersion",
        )
    status = _mapping(credential.get("status"))
    if status is None:
        raise ConfigurationError("is missing in the output", source=source, field="status")
    return status


def _document(output: bytes) -> object:
    """Parse JSON, else YAML as kubectl does; None if the output is neither."""
    # The exceptions contain the output, so they are not chained.
    with suppress(ValueError, RecursionError):
        return json.loads(output)
    import yaml  # imported late: few plugins print YAML

    from kubex.core.yaml import YAMLLimits, read_yaml

    with suppress(yaml.YAMLError, ValueError):
        return read_yaml(output, YAMLLimits(depth=100, nodes=100_000, expanded=8 << 20)).value
    return None


def _mapping(value: object) -> dict[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _string(status: dict[str, object], name: str, source: str) -> str | None:
    value = status.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ConfigurationError("must be a string", source=source, field=f"status.{name}")
    if has_lone_surrogate(value):
        raise ConfigurationError("is not valid Unicode", source=source, field=f"status.{name}")
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
    # Digits after the microseconds are removed: rounding up would overflow the last representable time, which some
    # plugins print for credentials that do not expire.
    try:
        moment = msgspec.convert(_NANOSECONDS.sub("", value), datetime) if isinstance(value, str) else None
    except msgspec.ValidationError:
        moment = None
    if moment is None or moment.tzinfo is None:
        problem = "is not a time in RFC 3339, such as 2030-01-31T12:00:00Z"
        raise ConfigurationError(problem, source=source, field="status.expirationTimestamp")
    # Go's zero time, 0001-01-01, means that the credentials do not expire.
    return moment if moment.year > 1 else None
