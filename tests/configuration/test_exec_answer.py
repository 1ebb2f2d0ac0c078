"""What exec plugins print: what is taken, and what is refused without being shown."""

import traceback
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from configuration.conftest import ClientPair
from kubex.credentials import TLSIdentity
from kubex.credentials._exec import EXPIRY_MARGIN, _lifetime
from kubex.credentials._exec_credential import CERTIFICATE_FIELDS, ExecCredential, parse_exec_credential
from kubex.errors import ConfigurationError
from support.plugins import V1, V1BETA1, printed

SECRET = "s3cr3t-value"


def read(output: bytes, api_version: str = V1, known: TLSIdentity | None = None) -> ExecCredential:
    return parse_exec_credential(output, api_version=api_version, source="exec plugin 'x'", known=known)


@pytest.mark.parametrize("version", [V1, V1BETA1])
def test_a_token(version: str) -> None:
    answer = read(printed({"token": "t"}, api_version=version), version)
    assert answer.authentication.headers == (("Authorization", "Bearer t"),)
    assert (answer.authentication.tls, answer.expires) == (None, None)


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize("token", [None, "", "t"])
def test_a_certificate_with_or_without_a_token(client_pair: ClientPair, token: str | None) -> None:
    cert, key = client_pair
    answer = read(printed({"clientCertificateData": cert, "clientKeyData": key, "token": token}))
    assert answer.authentication.tls == TLSIdentity(cert_pem=cert, key_pem=key)
    assert answer.authentication.headers == ((("Authorization", "Bearer t"),) if token else ())


def test_fields_that_nobody_knows_are_passed_over() -> None:
    output = printed({"token": "t", "new": 1}, spec={"interactive": False}, metadata={})
    assert read(b"\xef\xbb\xbf \n" + output + b"\r\n").authentication.headers


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
def test_an_expiry(text: str | None, moment: datetime | None) -> None:
    assert read(printed({"token": "t", "expirationTimestamp": text})).expires == moment


YAML = """\
# printed by hand
apiVersion: client.authentication.k8s.io/v1
kind: ExecCredential
status:
  token: t
  expirationTimestamp: 2030-01-31T12:00:00Z
  clientCertificateData: |
"""


def test_yaml_is_read_as_kubectl_reads_it(client_pair: ClientPair) -> None:
    cert, key = (text.replace("\n", "\n    ").rstrip(" ") for text in client_pair)
    answer = read(f"{YAML}    {cert}  clientKeyData: |\n    {key}".encode())
    assert answer.authentication.headers == (("Authorization", "Bearer t"),)
    assert answer.authentication.tls == TLSIdentity(cert_pem=client_pair.cert_pem, key_pem=client_pair.key_pem)
    assert answer.expires == datetime(2030, 1, 31, 12, tzinfo=timezone.utc), "a time without quotes is text"


PAIR = CERTIFICATE_FIELDS
BAD_PEM = f"-----BEGIN CERTIFICATE-----\n{SECRET}\n-----END CERTIFICATE-----\n"
REFUSED: list[tuple[bytes, str | None, str]] = [
    (b"", None, "but printed nothing"),
    (b" \n", None, "but printed nothing"),
    (SECRET.encode(), None, "in JSON or YAML on standard output, but printed something else"),
    (b'{"status": {"token": "%s"' % SECRET.encode(), None, "but printed something else"),
    (b'"%s"' % SECRET.encode(), None, "but printed something else"),
    (b"\xff\xfe\x00" + SECRET.encode(), None, "but printed something else"),
    (b"[" * 100_000, None, "but printed something else"),
    (printed({"token": SECRET}) * 2, None, "but printed something else"),
    (b"token: [%s" % SECRET.encode(), None, "but printed something else"),
    (b"- %s" % SECRET.encode(), None, "but printed something else"),
    (b"kind: ExecCredential\n--- \nkind: %s" % SECRET.encode(), None, "but printed something else"),
    (b"kind: !!python/name:os.%s" % SECRET.encode(), None, "but printed something else"),
    (b"kind: %s" % SECRET.encode(), "kind", "must be 'ExecCredential'"),
    (printed({"token": SECRET}, kind="Secret"), "kind", "must be 'ExecCredential'"),
    (printed({"token": SECRET}, kind=None), "kind", "must be 'ExecCredential'"),
    (printed({"token": SECRET}, api_version=V1BETA1), "apiVersion", f"{V1} was asked for, and {V1BETA1} was printed"),
    (printed({"token": SECRET}, apiVersion=SECRET), "apiVersion", "and another or none was printed"),
    (printed({"token": SECRET}, apiVersion=None), "apiVersion", "and another or none was printed"),
    (printed(), "status", "is missing"),
    (printed(None), "status", "is missing"),
    (printed([SECRET]), "status", "is missing"),
    (printed({}), "status", "holds neither a token nor a client certificate"),
    (printed({"token": "", "clientCertificateData": "", "clientKeyData": None}), "status", "holds neither"),
    (printed({"token": {"a": SECRET}}), "status.token", "must be text"),
    (printed({"token": SECRET + "\nx"}), "status.token", "is not a token"),
    (printed({"token": SECRET + "\ud800"}), "status.token", "is not text in Unicode"),
    (printed({"clientCertificateData": SECRET}), PAIR, "one is there without the other"),
    (printed({"token": "t", "clientKeyData": SECRET}), PAIR, "one is there without the other"),
    (printed({"clientCertificateData": SECRET, "clientKeyData": SECRET}), PAIR, "is not PEM"),
    (printed({"clientCertificateData": BAD_PEM, "clientKeyData": SECRET}), PAIR, "is not PEM"),
    (
        printed({"clientCertificateData": "c", "clientKeyData": SECRET + "\ud800"}),
        "status.clientKeyData",
        "is not text",
    ),
    (
        printed({"clientCertificateData": [SECRET], "clientKeyData": "k"}),
        "status.clientCertificateData",
        "must be text",
    ),
]


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize(("output", "field", "problem"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_credential_is_refused_and_not_shown(output: bytes, field: str | None, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(output)
    assert (caught.value.source, caught.value.field) == ("exec plugin 'x'", field)
    assert problem in str(caught.value)
    shown = [*traceback.format_exception(caught.value), repr(caught.value), str(caught.value.__context__)]
    assert not any(SECRET in part for part in shown)
    chained = [caught.value.__context__, caught.value.__cause__]
    assert not any(SECRET in repr(vars(error)) for error in chained if error is not None)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2030-01-31T12:00:00", "2030-01-31", 1900000000, SECRET, "2030\ud800"]
)
def test_a_time_that_is_none_is_refused(text: Any) -> None:
    with pytest.raises(ConfigurationError, match="expirationTimestamp: is not a time of RFC 3339") as caught:
        read(printed({"token": "t", "expirationTimestamp": text}))
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_key_of_another_certificate_is_refused(new_client_pair: Any) -> None:
    one, other = new_client_pair("one"), new_client_pair("other")
    output = printed({"clientCertificateData": one.cert_pem, "clientKeyData": other.key_pem})
    with pytest.raises(ConfigurationError, match="does not belong to the certificate") as caught:
        read(output)
    assert other.key_pem.splitlines()[1] not in "".join(traceback.format_exception(caught.value))


def test_credentials_are_renewed_a_little_before_they_expire() -> None:
    now = datetime.now(timezone.utc)
    assert _lifetime(None) == (float("inf"), EXPIRY_MARGIN)
    assert _lifetime(now + timedelta(hours=1)) == pytest.approx((3600, EXPIRY_MARGIN), abs=2)
    assert _lifetime(now + timedelta(seconds=10)) == pytest.approx((10, 1), abs=2)
    assert _lifetime(now - timedelta(seconds=10))[0] < 0
    assert _lifetime(datetime.max.replace(tzinfo=timezone.utc))[0] > 1e9


@pytest.mark.parametrize("fraction", ["", ".9", ".999999", ".9999999", ".999999999"])
def test_the_last_moment_that_there_is_stands_for_no_end(fraction: str) -> None:
    expires = read(printed({"token": "t", "expirationTimestamp": f"9999-12-31T23:59:59{fraction}Z"})).expires
    assert expires is not None
    assert expires.replace(microsecond=0) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
