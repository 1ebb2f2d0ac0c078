"""Classify TLS errors, and add the remedy to their messages."""

import re
import ssl

from kubex.core._transport_errors import ConnectionLost, ServerCertificateError, TLSError, TransportError

SERVER_USES_TLS = "the server uses TLS on this port; use a URL with https://"
SERVER_WITHOUT_TLS = "the server does not use TLS on this port; use a URL with http:// if you want plain HTTP"

UNKNOWN_AUTHORITY = (
    "pass the CA certificate as server_ca_file or server_ca_data (certificate-authority in a kubeconfig), or as "
    "ca_file or ca_data of OpenIDConnect"
)
WRONG_NAME = (
    "connect to a name in the certificate, or pass one of these names as tls_server_name (tls-server-name in a "
    "kubeconfig)"
)
WRONG_DATE = "renew the server's certificate, unless the clock of this machine is wrong"
NOT_STRICT = (
    "the certificate does not strictly conform to RFC 5280, which Python checks since 3.13; renew the certificates of "
    "the cluster, or accept them, like kubectl, with ClientOptions(verify_x509_strict=False)"
)

NOT_AN_AUTHORITY = (
    "the certificate that signed it is not a CA certificate (basic constraints CA:TRUE); issue the server's "
    "certificate with a CA certificate; only if that one does not contain basic constraints, "
    "ClientOptions(verify_x509_strict=False) accepts it"
)
SAME_NAME = (
    "a trusted CA certificate has the same name as the one that signed it, but another key; if several CA "
    "certificates without key identifiers have the same name, OpenSSL tries only one of them, so remove the old ones "
    "from the bundle or issue them with key identifiers; if there is only one, pass the current one as server_ca_file "
    "or server_ca_data (certificate-authority in a kubeconfig)"
)

# The keys are verify codes of OpenSSL (x509_vfy.h). Only strict verification returns 78 and 80 to 93.
_REMEDIES = {
    7: SAME_NAME,
    79: NOT_AN_AUTHORITY,
    **dict.fromkeys((2, 18, 19, 20, 21), UNKNOWN_AUTHORITY),
    **dict.fromkeys((62, 64), WRONG_NAME),
    **dict.fromkeys((9, 10), WRONG_DATE),
    **dict.fromkeys((78, *range(80, 94)), NOT_STRICT),
}

# The reasons that different versions of OpenSSL give if a server does not use TLS.
_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}

# The type and version of a TLS alert, in the message of an HTTP parser: the server received plain HTTP on a TLS port.
_ALERT = re.compile(r"\\x15\\x03\\x0[0-4]")


def classify_tls_error(
    kind: type[TransportError], cause: ssl.SSLError | None, text: str, url: str
) -> tuple[type[TransportError], str]:
    """Return the most specific class for a TLS error, and its text with the remedy; other errors do not change."""
    if issubclass(kind, TLSError):
        if isinstance(cause, ssl.SSLCertVerificationError):
            remedy = _REMEDIES.get(cause.verify_code)
            text = f"the server's certificate was rejected: {cause.verify_message.rstrip('.')}"
            return ServerCertificateError, f"{text}; {remedy}" if remedy else text
        if cause is not None and cause.reason in _NO_TLS:
            return kind, SERVER_WITHOUT_TLS
    elif issubclass(kind, ConnectionLost) and url.startswith("http:") and _ALERT.search(text):
        return TLSError, SERVER_USES_TLS
    return kind, text
