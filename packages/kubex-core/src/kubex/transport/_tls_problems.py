"""Errors of TLS connections, with the remedy."""

import re
import ssl

from kubex.core._transport_errors import ConnectionLost, ServerCertificateError, TLSError, TransportError

SPEAKS_TLS = "the server speaks TLS on this port; begin the URL with https://"
SPEAKS_NO_TLS = "the server does not speak TLS on this port; begin the URL with http:// if it is to be plain HTTP"

UNKNOWN = (
    "name the authority that signed it: server_ca_file or server_ca_data (certificate-authority in a kubeconfig), of "
    "OpenIDConnect ca_file or ca_data"
)
NAMES = (
    "connect by a name that the certificate has, or give one of them as tls_server_name (tls-server-name in a "
    "kubeconfig)"
)
DATES = "the server needs a new certificate, unless the clock of this machine is wrong"
STRICT = (
    "certificates must keep to RFC 5280 by the letter, as in Python since 3.13; renew those of the cluster, or be "
    "lenient as kubectl is: ClientOptions(verify_x509_strict=False)"
)

NO_AUTHORITY = (
    "the certificate that signed it must be that of an authority (basic constraints CA:TRUE): issue the server's "
    "certificate with one; only if the authority has no basic constraints at all, "
    "ClientOptions(verify_x509_strict=False) accepts it"
)
SAME_NAME = (
    "a trusted authority has the name of the one that signed it, but another key; of several authorities with one name "
    "and without key identifiers OpenSSL tries only one, so remove the old ones from the bundle "
    "or issue the certificates with key identifiers; if there is only one, give the current one as server_ca_file or "
    "server_ca_data (certificate-authority in a kubeconfig)"
)

# By the verify_code of OpenSSL (x509_vfy.h): 78 and from 80 to 93 come of strict checks alone.
_REMEDIES = {
    7: SAME_NAME,
    79: NO_AUTHORITY,
    **dict.fromkeys((2, 18, 19, 20, 21), UNKNOWN),
    **dict.fromkeys((62, 64), NAMES),
    **dict.fromkeys((9, 10), DATES),
    **dict.fromkeys((78, *range(80, 94)), STRICT),
}

# What OpenSSL makes of a server that answers without TLS; which of them depends on its version.
_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}

# How errors show the alert of a TLS server where an HTTP response should begin: its type and version.
_ALERT = re.compile(r"\\x15\\x03\\x0[0-4]")


def explain(
    kind: type[TransportError], cause: ssl.SSLError | None, said: str, url: str
) -> tuple[type[TransportError], str]:
    """Add what to do to an error about TLS, and make its class as narrow as can be; others stay as they are."""
    if issubclass(kind, TLSError):
        if isinstance(cause, ssl.SSLCertVerificationError):
            remedy = _REMEDIES.get(cause.verify_code)
            said = f"the server's certificate was refused: {cause.verify_message.rstrip('.')}"
            return ServerCertificateError, f"{said}; {remedy}" if remedy else said
        if cause is not None and cause.reason in _NO_TLS:
            return kind, SPEAKS_NO_TLS
    elif issubclass(kind, ConnectionLost) and url.startswith("http:") and _ALERT.search(said):
        return TLSError, SPEAKS_TLS
    return kind, said
