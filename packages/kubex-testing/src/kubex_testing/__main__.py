"""The command `kubex-testing`: an API server for a shell, a script or another language."""

import argparse
import signal
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import NoReturn

from kubex_testing._handle import ServerHandle
from kubex_testing._objects.names import dns1123_label_problems

EXAMPLES = """\
examples:
  kubex-testing serve > kubeconfig        an embedded API server; the file is complete once it listens
  kubex-testing serve --kubeconfig ./kc   the same, with a file that is removed at the end
  kubex-testing serve --control-plane     a real kube-apiserver and etcd, found through KUBEBUILDER_ASSETS
"""


class CommandError(Exception):
    """End the command with this line on stderr."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 after SIGINT or SIGTERM, 1 on a failure and 2 on wrong usage."""
    options = _parse(arguments)
    try:
        with _interruptible():
            _serve(options)
    except KeyboardInterrupt:
        return 0
    except (CommandError, OSError) as error:
        _print_error(f"kubex-testing: error: {error}")
        return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="kubex-testing",
        description="Run a Kubernetes API server for tests on the loopback interface.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('kubex-testing')}")
    commands = parser.add_subparsers(metavar="command", required=True)
    serve = commands.add_parser(
        "serve",
        help="start a server, print a kubeconfig for it, run until SIGINT or SIGTERM",
        description="Start a server, print a kubeconfig for it on stdout, and run until SIGINT or SIGTERM.",
    )
    serve.add_argument(
        "--control-plane", action="store_true", help="start a real etcd and kube-apiserver, not the embedded server"
    )
    serve.add_argument("--http", action="store_true", help="serve without TLS (the embedded server only)")
    serve.add_argument("--port", type=_port, default=0, help="the port to listen on; default: a free one")
    serve.add_argument(
        "--namespace", type=_namespace, default="default", help="the namespace that the kubeconfig selects"
    )
    serve.add_argument(
        "--kubeconfig",
        type=Path,
        metavar="PATH",
        help="write the kubeconfig to this new file instead of stdout, and remove it at the end",
    )
    options = parser.parse_args(arguments)
    if options.http and options.control_plane:
        serve.error("a control plane serves HTTPS only: give --http or --control-plane, not both")
    return options


def _port(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    if int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 65535")
    return int(text)


def _namespace(text: str) -> str:
    if problems := dns1123_label_problems(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a namespace: {problems[0]}")
    return text


def _serve(options: argparse.Namespace) -> NoReturn:
    path: Path | None = options.kubeconfig
    if path is not None and path.exists():
        # It may well be the user's own ~/.kube/config.
        raise CommandError(f"{path} exists already; remove it or choose another path for --kubeconfig")
    with _run_server(options) as handle, _publish_kubeconfig(handle, path, options.namespace):
        _print_error(f"serving at {handle.url}; stop with Ctrl-C")
        while True:
            time.sleep(3600)  # until a signal raises KeyboardInterrupt


@contextmanager
def _run_server(options: argparse.Namespace) -> Generator[ServerHandle, None, None]:
    if not options.control_plane:
        from kubex_testing.embedded import EmbeddedServer

        server = EmbeddedServer(tls=not options.http, port=options.port)
        try:
            server.start()
        except OSError as error:
            reason = f"cannot listen on port {options.port}: {error.strerror}; choose another --port"
            raise CommandError(reason) from error
        try:
            yield server.handle_for_programs
        finally:
            server.stop()
        return
    from kubex_testing.controlplane import ControlPlane, ControlPlaneStartError, ControlPlaneUnavailable

    try:
        with ControlPlane(port=options.port) as handle:
            yield handle
    except (ControlPlaneUnavailable, ControlPlaneStartError) as error:
        raise CommandError(str(error)) from error


@contextmanager
def _publish_kubeconfig(handle: ServerHandle, path: Path | None, namespace: str) -> Generator[None, None, None]:
    """Hand out the kubeconfig; a file goes away together with the server."""
    if path is None:
        sys.stdout.write(handle.kubeconfig(namespace))
        sys.stdout.flush()
        yield
        return
    try:
        handle.write_kubeconfig(path, namespace)
    except OSError as error:
        reason = f"cannot write {path}: {error.strerror}; choose another path for --kubeconfig"
        raise CommandError(reason) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _interruptible() -> Generator[None, None, None]:
    """Let the first SIGINT or SIGTERM raise KeyboardInterrupt, and further ones not disturb the clean-up."""
    signals = (signal.SIGINT, signal.SIGTERM)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_error(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
