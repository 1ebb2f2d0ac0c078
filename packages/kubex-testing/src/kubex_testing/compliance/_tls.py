"""SSL contexts with certificates that are created at run time, and the same settings as data."""

import functools
import ssl

from kubex.transport import TLSSettings
from kubex_testing import _pki
from kubex_testing._pki import CertificateAuthority


@functools.cache
def certificate_authority() -> CertificateAuthority:
    """Create a certificate authority. All tests of a run share it."""
    return CertificateAuthority()


def server_context(authority: CertificateAuthority, *names: str) -> ssl.SSLContext:
    """Create the SSL context of a server with a certificate for these names."""
    return _pki.server_context(authority.server_identity(names))


def client_context(authority: CertificateAuthority) -> ssl.SSLContext:
    """Create the SSL context of a client that trusts the authority."""
    return _pki.client_context(authority.cert_pem)


def settings_of(context: ssl.SSLContext | None) -> TLSSettings | None:
    """Return the settings of a context as data. A client also passes both to a transport."""
    if context is None:
        return None
    return TLSSettings(
        authorities="".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True))),
        verify=context.verify_mode is not ssl.CERT_NONE,
        strict=bool(context.verify_flags & ssl.VERIFY_X509_STRICT),
    )
