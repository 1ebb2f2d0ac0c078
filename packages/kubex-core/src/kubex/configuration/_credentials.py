"""Create the credentials of a `ClientConfiguration`."""

from kubex.configuration._client_configuration import ClientConfiguration
from kubex.credentials import (
    ClientCertificate,
    CombinedCredentials,
    Credentials,
    ExecPlugin,
    Fetch,
    StaticCredentials,
    TLSIdentity,
    TokenFile,
)


def credentials_for(configuration: ClientConfiguration, *, fetch: Fetch | None = None) -> Credentials:
    """Create the credentials of a configuration; their files are read by the first `authenticate()`.

    `fetch` sends the HTTP requests that refresh an OpenID Connect token. Without it, an expired token is an error.
    """
    sources = [
        source for source in (_certificate(configuration), _authorization(configuration, fetch)) if source is not None
    ]
    # As in client-go, other credentials take precedence over a plugin.
    if not sources and configuration.exec is not None:
        sources.append(_exec(configuration, configuration.exec))
    if configuration.impersonate is not None:
        sources.append(StaticCredentials(configuration.impersonate.authentication()))
    if len(sources) > 1:
        return CombinedCredentials(*sources)
    return sources[0] if sources else StaticCredentials()


def _authorization(configuration: ClientConfiguration, fetch: Fetch | None) -> Credentials | None:
    if configuration.token_file is not None:
        return TokenFile(configuration.token_file, fallback=configuration.token)
    if configuration.token is not None:
        return StaticCredentials.bearer(configuration.token)
    if configuration.username is not None:
        return StaticCredentials.basic(configuration.username, configuration.password or "")
    if configuration.oidc is not None:
        from kubex.credentials import OpenIDConnectCredentials

        return OpenIDConnectCredentials(configuration.oidc, fetch=fetch)
    return None


def _certificate(configuration: ClientConfiguration) -> Credentials | None:
    cert, key = configuration.client_cert_data, configuration.client_key_data
    if cert is not None and key is not None:
        return StaticCredentials.certificate(TLSIdentity(cert_pem=cert, key_pem=key))
    if cert is None and configuration.client_cert_file is None:
        return None
    return ClientCertificate(
        cert_file=configuration.client_cert_file,
        cert_data=cert,
        key_file=configuration.client_key_file,
        key_data=key,
    )


def _exec(configuration: ClientConfiguration, plugin: ExecPlugin) -> Credentials:
    from kubex.credentials import ExecCluster, ExecCredentials  # imported late: few configurations have a plugin

    cluster = ExecCluster(
        server=configuration.url,
        tls_server_name=configuration.tls_server_name,
        insecure_skip_tls_verify=configuration.insecure_skip_tls_verify,
        ca_file=configuration.server_ca_file,
        ca_data=configuration.server_ca_data,
        proxy_url=configuration.proxy_url,
        disable_compression=configuration.disable_compression,
    )
    return ExecCredentials(plugin, cluster=cluster)
