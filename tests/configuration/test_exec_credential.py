"""Tests of parsing the output of exec plugins: valid output, and errors that do not quote the output."""

import traceback
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from configuration.conftest import ClientPair
from kubex.credentials import TLSIdentity
from kubex.credentials._exec import EXPIRY_MARGIN, _lifetime
from kubex.credentials._exec_credential import CERTIFICATE_FIELDS, ExecCredential, parse_exec_credential
from kubex.errors import ConfigurationError
from support.exec_plugins import V1, V1BETA1, plugin_output

SECRET = "s3cr3t-value"


def parse(output: bytes, api_version: str = V1, known: TLSIdentity | None = None) -> ExecCredential:
    return parse_exec_credential(output, api_version=api_version, source="exec plugin 'x'", known=known)


@pytest.mark.parametrize("version", [V1, V1BETA1])
def test_token_is_parsed(version: str) -> None:
    credential = parse(plugin_output({"token": "t"}, api_version=version), version)
    assert credential.authentication.headers == (("Authorization", "Bearer t"),)
    assert (credential.authentication.tls, credential.expires) == (None, None)


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize("token", [None, "", "t"])
def test_certificate_is_parsed_with_or_without_a_token(client_pair: ClientPair, token: str | None) -> None:
    cert, key = client_pair
    credential = parse(plugin_output({"clientCertificateData": cert, "clientKeyData": key, "token": token}))
    assert credential.authentication.tls == TLSIdentity(cert_pem=cert, key_pem=key)
    assert credential.authentication.headers == ((("Authorization", "Bearer t"),) if token else ())


def test_unknown_fields_and_whitespace_are_ignored() -> None:
    output = plugin_output({"token": "t", "new": 1}, spec={"interactive": False}, metadata={})
    assert parse(b"\xef\xbb\xbf \n" + output + b"\r\n").authentication.headers


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2030-01-31T12:00:00Z", datetime(2030, 1, 31, 12, tzinfo=timezone.utc)),
        ("2030-01-31T12:00:00.123456789Z", datetime(2030, 1, 31, 12, 0, 0, 123456, tzinfo=timezone.utc)),
        ("2030-01-31T12:00:00+02:00", datetime(2030, 1, 31, 10, tzinfo=timezone.utc)),
        ("0001-01-01T00:00:00Z", None),
        (None, None),
    ],
)
def test_expiration_timestamp_is_parsed(text: str | None, moment: datetime | None) -> None:
    assert parse(plugin_output({"token": "t", "expirationTimestamp": text})).expires == moment


YAML = """\
# written by a person
apiVersion: client.authentication.k8s.io/v1
kind: ExecCredential
status:
  token: t
  expirationTimestamp: 2030-01-31T12:00:00Z
  clientCertificateData: |
"""


def test_yaml_is_parsed_as_in_kubectl(client_pair: ClientPair) -> None:
    cert, key = (text.replace("\n", "\n    ").rstrip(" ") for text in client_pair)
    credential = parse(f"{YAML}    {cert}  clientKeyData: |\n    {key}".encode())
    assert credential.authentication.headers == (("Authorization", "Bearer t"),)
    assert credential.authentication.tls == TLSIdentity(cert_pem=client_pair.cert_pem, key_pem=client_pair.key_pem)
    assert credential.expires == datetime(2030, 1, 31, 12, tzinfo=timezone.utc), "a time without quotes is a string"


PAIR = CERTIFICATE_FIELDS
BAD_PEM = f"-----BEGIN CERTIFICATE-----\n{SECRET}\n-----END CERTIFICATE-----\n"
INVALID: list[tuple[bytes, str | None, str]] = [
    (b"", None, "but printed nothing"),
    (b" \n", None, "but printed nothing"),
    (SECRET.encode(), None, "in JSON or YAML on standard output, but printed something else"),
    (b'{"status": {"token": "%s"' % SECRET.encode(), None, "but printed something else"),
    (b'"%s"' % SECRET.encode(), None, "but printed something else"),
    (b"\xff\xfe\x00" + SECRET.encode(), None, "but printed something else"),
    (b"[" * 100_000, None, "but printed something else"),
    (plugin_output({"token": SECRET}) * 2, None, "but printed something else"),
    (b"token: [%s" % SECRET.encode(), None, "but printed something else"),
    (b"- %s" % SECRET.encode(), None, "but printed something else"),
    (b"kind: ExecCredential\n--- \nkind: %s" % SECRET.encode(), None, "but printed something else"),
    (b"kind: !!python/name:os.%s" % SECRET.encode(), None, "but printed something else"),
    (b"kind: %s" % SECRET.encode(), "kind", "must be 'ExecCredential'"),
    (plugin_output({"token": SECRET}, kind="Secret"), "kind", "must be 'ExecCredential'"),
    (plugin_output({"token": SECRET}, kind=None), "kind", "must be 'ExecCredential'"),
    (plugin_output({"token": SECRET}, api_version=V1BETA1), "apiVersion", f"must be {V1} in the output, not {V1BETA1}"),
    (plugin_output({"token": SECRET}, apiVersion=SECRET), "apiVersion", "not another version"),
    (plugin_output({"token": SECRET}, apiVersion=None), "apiVersion", "not another version"),
    (plugin_output(), "status", "is missing"),
    (plugin_output(None), "status", "is missing"),
    (plugin_output([SECRET]), "status", "is missing"),
    (plugin_output({}), "status", "contains neither a token nor a client certificate"),
    (plugin_output({"token": "", "clientCertificateData": "", "clientKeyData": None}), "status", "contains neither"),
    (plugin_output({"token": {"a": SECRET}}), "status.token", "must be a string"),
    (plugin_output({"token": SECRET + "\nx"}), "status.token", "is not a token"),
    (plugin_output({"token": SECRET + "\ud800"}), "status.token", "is not valid Unicode"),
    (plugin_output({"clientCertificateData": SECRET}), PAIR, "only one of the two is set"),
    (plugin_output({"token": "t", "clientKeyData": SECRET}), PAIR, "only one of the two is set"),
    (
        plugin_output({"clientCertificateData": SECRET, "clientKeyData": SECRET}),
        PAIR,
        "OpenSSL cannot load the certificate",
    ),
    (
        plugin_output({"clientCertificateData": BAD_PEM, "clientKeyData": SECRET}),
        PAIR,
        "OpenSSL cannot load the certificate",
    ),
    (
        plugin_output({"clientCertificateData": "c", "clientKeyData": SECRET + "\ud800"}),
        "status.clientKeyData",
        "is not valid Unicode",
    ),
    (
        plugin_output({"clientCertificateData": [SECRET], "clientKeyData": "k"}),
        "status.clientCertificateData",
        "must be a string",
    ),
]


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize(("output", "field", "problem"), INVALID, ids=range(len(INVALID)))
def test_invalid_output_raises_an_error_that_does_not_show_it(output: bytes, field: str | None, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(output)
    assert (caught.value.source, caught.value.field) == ("exec plugin 'x'", field)
    assert problem in str(caught.value)
    shown = [*traceback.format_exception(caught.value), repr(caught.value), str(caught.value.__context__)]
    assert not any(SECRET in part for part in shown)
    chained = [caught.value.__context__, caught.value.__cause__]
    assert not any(SECRET in repr(vars(error)) for error in chained if error is not None)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2030-01-31T12:00:00", "2030-01-31", 1900000000, SECRET, "2030\ud800"]
)
def test_invalid_expiration_timestamp_raises_an_error_that_does_not_show_it(text: Any) -> None:
    with pytest.raises(ConfigurationError, match="expirationTimestamp: is not a time in RFC 3339") as caught:
        parse(plugin_output({"token": "t", "expirationTimestamp": text}))
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_key_of_another_certificate_raises(new_client_pair: Any) -> None:
    first, second = new_client_pair("one"), new_client_pair("second")
    output = plugin_output({"clientCertificateData": first.cert_pem, "clientKeyData": second.key_pem})
    with pytest.raises(ConfigurationError, match="does not match the certificate") as caught:
        parse(output)
    assert second.key_pem.splitlines()[1] not in "".join(traceback.format_exception(caught.value))


def test_credentials_are_renewed_shortly_before_they_expire() -> None:
    now = datetime.now(timezone.utc)
    assert _lifetime(None) == (float("inf"), EXPIRY_MARGIN)
    assert _lifetime(now + timedelta(hours=1)) == pytest.approx((3600, EXPIRY_MARGIN), abs=2)
    assert _lifetime(now + timedelta(seconds=10)) == pytest.approx((10, 1), abs=2)
    assert _lifetime(now - timedelta(seconds=10))[0] < 0
    assert _lifetime(datetime.max.replace(tzinfo=timezone.utc))[0] > 1e9


@pytest.mark.parametrize("fraction", ["", ".9", ".999999", ".9999999", ".999999999"])
def test_last_representable_time_is_parsed_with_any_precision(fraction: str) -> None:
    expires = parse(plugin_output({"token": "t", "expirationTimestamp": f"9999-12-31T23:59:59{fraction}Z"})).expires
    assert expires is not None
    assert expires.replace(microsecond=0) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
