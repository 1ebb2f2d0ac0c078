"""Validation of CertificateSigningRequests.

See https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/.
"""

import base64
from collections.abc import Iterator

from .json_types import JsonObject, array_at, is_integer, object_at
from .status_causes import StatusCause, duplicate, forbidden, invalid, not_supported, required

DECISIONS = ("Approved", "Denied")
_PERMANENT_CONDITIONS = (*DECISIONS, "Failed")
_MIN_SECONDS = 600
_USAGES = (
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
    "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel",
    "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
    "server auth", "signing", "timestamping",
)  # fmt: skip
_SIGNER = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
_DOMAIN = "should be a domain with at least two segments separated by dots"


def validate_signing_request(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate a CertificateSigningRequest. Decisions cannot be removed."""
    spec, conditions = object_at(obj, "spec"), array_at(obj, "status", "conditions")
    causes = [*_validate_spec(spec), *_validate_conditions(conditions)]
    types = {item.get("type") for item in conditions}
    if set(DECISIONS) <= types:
        format_json = ", ".join(f'conditions[{{"type": "{kind}"}}]' for kind in DECISIONS)
        causes.append(invalid("status.conditions", f"{{{format_json}}}", "must specify at most one of them"))
    removed = {item.get("type") for item in array_at(old, "status", "conditions")} - types
    causes += [
        forbidden("status.conditions", f'updates may not remove a condition of type "{kind}"')
        for kind in _PERMANENT_CONDITIONS
        if kind in removed
    ]
    certificate = object_at(obj, "status").get("certificate")
    if certificate and _pem_type(certificate) != "CERTIFICATE":
        text = "must contain at least one CERTIFICATE PEM block"
        causes.append(invalid("status.certificate", "<certificate data>", text))
    return causes


def _validate_spec(spec: JsonObject) -> Iterator[StatusCause]:
    request, signer = spec.get("request"), spec.get("signerName")
    if _pem_type(request or "") != "CERTIFICATE REQUEST":
        yield invalid("spec.request", request, "PEM block type must be CERTIFICATE REQUEST")
    usages = array_at(spec, "usages")
    if not usages:
        yield required("spec.usages")
    for index, usage in enumerate(usages):
        if usage not in _USAGES:
            yield not_supported(f"spec.usages[{index}]", usage, _USAGES)
        elif usage in usages[:index]:
            yield duplicate(f"spec.usages[{index}]", usage)
    if not signer:
        yield required("spec.signerName")
    elif "/" not in signer:
        yield invalid("spec.signerName", signer, _SIGNER)
    elif "." not in signer.partition("/")[0]:
        yield invalid("spec.signerName", signer.partition("/")[0], _DOMAIN)
    seconds = spec.get("expirationSeconds")
    if is_integer(seconds) and seconds < _MIN_SECONDS:
        text = "may not specify a duration less than 600 seconds (10 minutes)"
        yield invalid("spec.expirationSeconds", seconds, text)


def _validate_conditions(conditions: list[JsonObject]) -> Iterator[StatusCause]:
    for index, condition in enumerate(conditions):
        kind, status = condition.get("type"), condition.get("status")
        if not kind:
            yield required(f"status.conditions[{index}].type")
        if not status:
            yield required(f"status.conditions[{index}].status")
        elif kind in _PERMANENT_CONDITIONS and status != "True":
            yield not_supported(f"status.conditions[{index}].status", status, ["True"])


def _pem_type(text: str) -> str:
    """Return the type of the first PEM block in base64 data, or an empty string."""
    first = base64.b64decode(text).decode("utf-8", "replace").strip().partition("\n")[0].strip()
    begins = first.startswith("-----BEGIN ") and first.endswith("-----")
    return first.removeprefix("-----BEGIN ").removesuffix("-----") if begins else ""
