"""Exceptions build their messages from their attributes, can be pickled, and have a common base class."""

import copy
import pickle
import traceback
from collections.abc import Callable

import pytest

from kubex import errors
from kubex.errors import (
    AlreadyExists,
    AlreadyOpenError,
    ApiError,
    ApiWarning,
    BackendError,
    ClientClosedError,
    ClientLoopError,
    CommandEndedError,
    CommandInterrupted,
    CommandStartError,
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    ConnectTimeout,
    ContainerNameRequired,
    DeadlineExceeded,
    DecodeError,
    EncodeError,
    ExecError,
    Expired,
    FileTransferError,
    InsecureServerWarning,
    InvalidNameError,
    KindUnavailable,
    KubexError,
    ManifestError,
    NamespaceError,
    NoBackendError,
    NoReadyPodError,
    NoSuchKind,
    NotFound,
    OutputNotReadError,
    PortForwardError,
    ProgramNotFoundError,
    ProxyError,
    ReadTimeout,
    RemoteFileNotFoundError,
    ServerCertificateError,
    StdinCloseError,
    StreamNotOpenError,
    TargetExistsError,
    TLSError,
    TransportError,
    UnknownWatchEventError,
    UnsafeMemberError,
    UnsupportedVerbError,
    WebSocketError,
)
from kubex.models import Status, StatusCause, StatusDetails
from kubex.streaming import ExecResult

DETAILS = Status(
    message='pods "web" not found',
    reason="NotFound",
    code=404,
    details=StatusDetails(
        name="web", kind="pods", causes=[StatusCause(field="spec", message="is wrong", reason="FieldValueInvalid")]
    ),
)

API_ERRORS: list[type[ApiError]] = [
    ApiError,
    *ApiError.__subclasses__(),
    AlreadyExists,
    CommandStartError,
    ContainerNameRequired,
    KindUnavailable,
]

CLASS_NAMES = [name for name in errors.__all__ if isinstance(getattr(errors, name), type)]

# An example of each class, with words that its message must contain.
SAMPLES: list[tuple[KubexError, list[str]]] = [
    (KubexError(), ["KubexError"]),
    (ConfigurationError("is wrong", "/a/config", 'user "admin"', "token"), ["/a/config", "admin", "token", "is wrong"]),
    (BackendError("curl", "is not for this loop"), ["'curl'", "is not for this loop"]),
    (NoBackendError("trio", [("aiohttp", "runs on asyncio")]), ["trio", "aiohttp: runs on asyncio", "kubex-httpx"]),
    (NoBackendError("asyncio"), ["none is installed", "kubex-aiohttp", "kubex-httpx"]),
    (ClientClosedError(), ["closed", "create_client()"]),
    (StreamNotOpenError("GET", "/api/v1/pods"), ["GET /api/v1/pods", "not open", "async with client.stream"]),
    (AlreadyOpenError("the stream"), ["the stream is open in another `async with` block"]),
    (ClientLoopError(), ["another event loop", "a client in each event loop"]),
    (ClientLoopError("no event loop is running"), ["no event loop is running"]),
    (InvalidNameError("name", "a/b", "cannot be"), ["name 'a/b' cannot be"]),
    (NamespaceError("pods", "needs one"), ["pods: needs one"]),
    (ManifestError("is empty", "a.yaml", 2, 7), ["a.yaml, document 2, line 7: is empty"]),
    (NoSuchKind("Widget in v1"), ["the server does not have the kind Widget in v1", "CustomResourceDefinition"]),
    (NoSuchKind("'pdo'", ("Pod in v1",), ("a.io/v1",)), ["did you mean Pod in v1?", "kinds of a.io/v1 are not"]),
    (UnsupportedVerbError("Node", "logs"), ["Node does not support logs"]),
    (UnsupportedVerbError("Node", "watch", ("get", "list")), ["Node does not support watch; use one of get, list"]),
    (DecodeError("Pod web", "spec: missing"), ["cannot decode Pod web: spec: missing"]),
    (EncodeError("Pod", "spec: is odd"), ["cannot encode Pod: spec: is odd"]),
    (UnknownWatchEventError("pods", "SYNC"), ["pods", "'SYNC'"]),
    (TransportError("broke", "GET", "http://h/p"), ["GET http://h/p: broke"]),
    (TransportError(""), ["unknown reason"]),
    (CommandEndedError(), ["the command has ended"]),
    (CommandInterrupted("broke", "GET", "http://h/p", b"out", b"err"), ["GET http://h/p: broke"]),
    (ExecError(["ls", "-l"], ExecResult(b"", b"no such file", 2)), ["'ls' ended with exit code 2: no such file"]),
    (NoReadyPodError("svc/web", "does not have a ready pod"), ["svc/web: does not have a ready pod"]),
    (OutputNotReadError("stderr", 1024), ["1024 bytes of stderr were not read"]),
    (StdinCloseError(), ["cannot close the standard input"]),
    (WebSocketError("refused", "GET", "http://h/p", 403, (("a", "b"),), b"no"), ["refused"]),
    *(
        (kind("broke", "GET", "http://h/p"), ["GET http://h/p: broke"])
        for kind in (
            ConnectError,
            ConnectTimeout,
            TLSError,
            ServerCertificateError,
            ProxyError,
            PortForwardError,
            ConnectionLost,
            ReadTimeout,
            DeadlineExceeded,
        )
    ),
    *(
        (
            kind(499, DETAILS, "GET", "/api/v1/pods/web", retry_after=2.5),
            ["499 NotFound", 'pods "web" not found', "GET"],
        )
        for kind in API_ERRORS
    ),
    (FileTransferError("broke", "web:/a"), ["web:/a: broke"]),
    (RemoteFileNotFoundError("broke", "web:/a"), ["web:/a: broke"]),
    (TargetExistsError("exists", "web:/a"), ["web:/a: exists"]),
    (UnsafeMemberError("is absolute", "web:/a", "/b"), ["web:/a: the member '/b'", "is absolute", "Nothing"]),
    (ProgramNotFoundError("no tar", "web:/a", "tar"), ["web:/a: no tar"]),
]


@pytest.mark.parametrize(("error", "words"), SAMPLES, ids=lambda value: type(value).__name__)
def test_the_message_contains_the_attributes(error: KubexError, words: list[str]) -> None:
    for word in words:
        assert word in str(error)
    assert str(error) in eval(repr(error), {type(error).__name__: lambda text: text})  # noqa: S307 - our own repr


@pytest.mark.parametrize("error", [error for error, _ in SAMPLES], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("how", ["pickle", "copy", "deepcopy"])
def test_an_exception_can_be_copied_and_pickled(error: KubexError, how: str) -> None:
    error.__dict__["note_of_user"] = "mine"
    ways: dict[str, Callable[[KubexError], KubexError]] = {
        "pickle": lambda error: pickle.loads(pickle.dumps(error)),
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
    }
    twin = ways[how](error)
    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)


def test_each_class_has_a_sample() -> None:
    classes = {getattr(errors, name) for name in CLASS_NAMES} - {ApiWarning, InsecureServerWarning}
    assert {type(error) for error, _ in SAMPLES} == classes


@pytest.mark.parametrize("name", errors.__all__)
def test_the_module_of_a_class_is_the_public_module(name: str) -> None:
    kind = getattr(errors, name)
    assert kind.__module__ == "kubex.errors"
    assert pickle.loads(pickle.dumps(kind)) is kind


def test_a_traceback_contains_the_public_module() -> None:
    shown = traceback.format_exception_only(ConnectionLost("gone"))
    assert shown == ["kubex.errors.ConnectionLost: gone\n"]


def test_every_class_derives_from_the_base_class() -> None:
    for name in CLASS_NAMES:
        assert issubclass(getattr(errors, name), KubexError | UserWarning)
    assert issubclass(ApiWarning, UserWarning)


@pytest.mark.parametrize(
    ("ours", "python"),
    [
        (ConfigurationError, ValueError),
        (NoBackendError, ImportError),
        (InvalidNameError, ValueError),
        (NamespaceError, ValueError),
        (UnsupportedVerbError, TypeError),
        (DecodeError, ValueError),
        (UnknownWatchEventError, ValueError),
        (AlreadyOpenError, RuntimeError),
        (CommandEndedError, RuntimeError),
        (OutputNotReadError, RuntimeError),
        (StdinCloseError, RuntimeError),
        (StreamNotOpenError, RuntimeError),
        (ClientClosedError, RuntimeError),
        (ClientLoopError, RuntimeError),
        (BackendError, RuntimeError),
        (ConnectTimeout, TimeoutError),
        (ReadTimeout, TimeoutError),
        (DeadlineExceeded, TimeoutError),
    ],
)
def test_classes_derive_from_built_in_classes(ours: type[Exception], python: type[Exception]) -> None:
    assert issubclass(ours, python)


def test_network_and_server_errors_have_no_built_in_base_except_timeouts() -> None:
    network = {type(error) for error, _ in SAMPLES if isinstance(error, ApiError | TransportError)}
    foreign = {base for kind in network for base in kind.__mro__ if not issubclass(base, KubexError)}
    assert foreign == {TimeoutError, OSError, *KubexError.__mro__[1:]}


def test_attributes_of_a_status_are_accessible() -> None:
    error = NotFound(404, DETAILS, "GET", "/api/v1/pods/web")
    assert (error.reason, error.name, error.kind) == ("NotFound", "web", "pods")
    assert error.message == 'pods "web" not found'
    assert [cause.field for cause in error.causes] == ["spec"]
    empty = NotFound(404, Status())
    assert (empty.reason, empty.name, empty.kind, empty.causes) == (None, None, None, [])
    assert (empty.message, str(empty)) == ("no message", "404: no message")


def test_expired_has_the_continue_token() -> None:
    status = Status.model_validate({"metadata": {"continue": "abc"}, "reason": "Expired"})
    assert Expired(410, status).continue_token == "abc"
    assert Expired(410, Status()).continue_token is None


def test_a_pickled_warning_keeps_its_result() -> None:
    warning = ApiWarning("a is deprecated")
    assert warning.result is None
    warning.result = {"created": True}
    twin = pickle.loads(pickle.dumps(warning))
    assert (twin.result, str(twin)) == ({"created": True}, "a is deprecated")


def test_exceptions_are_hashable_and_compared_by_identity() -> None:
    assert len({ConnectError("a"), ConnectError("a")}) == 2
