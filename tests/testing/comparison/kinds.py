"""The resources that the sequences use, from resources.yaml."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kubex_testing._pki import CertificateAuthority
from testing.comparison.steps import Edit


@dataclass(frozen=True)
class Kind:
    """One resource: how to address it, a valid body, and edits of the body."""

    api: str
    plural: str
    kind: str
    namespaced: bool
    tier: str
    weight: float
    subresources: Sequence[str]
    body: Mapping[str, Any]
    valid: Sequence[Edit]
    invalid: Sequence[Edit]
    dry_run: bool
    name: str
    """The name of the only object, or an empty string for kinds with any names."""

    @property
    def api_version(self) -> str:
        return self.api.partition("/")[2]

    @property
    def is_custom(self) -> bool:
        return self.tier == "custom"

    def new_body(self, namespace: str) -> dict[str, Any]:
        """Return a valid body without `metadata`."""
        text = json.dumps(self.body)
        for name, value in values(namespace).items():
            text = text.replace(name, json.dumps(value)[1:-1])
        return {"apiVersion": self.api_version, "kind": self.kind, **json.loads(text)}


def values(namespace: str) -> dict[str, str]:
    """Return the values of the variables in resources.yaml."""
    digits = [int(part) for part in namespace.split("-") if part.isdigit()]
    number = sum(digit * 7919**place for place, digit in enumerate(digits)) % (2**16)
    address = f"10.200.{number // 256}.{number % 256}"
    return {"$namespace": namespace, "$address": address, **_certificates()}


@cache
def _certificates() -> dict[str, str]:
    """Return a certificate signing request and a certificate. They are the same for both servers."""
    import base64

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "comparison")])
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    pem = request.public_bytes(Encoding.PEM)
    return {"$csr": base64.b64encode(pem).decode(), "$certificate": CertificateAuthority().cert_pem}


@cache
def kinds() -> tuple[Kind, ...]:
    """Return all resources."""
    entries = yaml.safe_load((Path(__file__).parent / "resources.yaml").read_text(encoding="utf-8"))
    return tuple(_kind(entry) for entry in entries)


def definitions() -> list[dict[str, Any]]:
    """Return the CustomResourceDefinitions that both servers need."""
    text = (Path(__file__).parent / "definitions.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load_all(text))


def _kind(entry: Mapping[str, Any]) -> Kind:
    return Kind(
        entry["api"],
        entry["plural"],
        entry["kind"],
        entry.get("namespaced", True),
        entry["tier"],
        entry.get("weight", 1),
        entry.get("subresources", ()),
        entry["body"],
        [_edit(item) for item in entry["valid"]],
        [_edit(item) for item in entry.get("invalid", ())],
        entry.get("dry_run", False),
        entry.get("name", ""),
    )


def _edit(item: Sequence[Any]) -> Edit:
    return Edit(item[0], item[1]) if len(item) > 1 else Edit(item[0], remove=True)
