"""The command `kubex-testing`: run an API server for shells, scripts and other languages."""

import argparse
import signal
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from kubex_testing._handle import ServerHandle
from kubex_testing._objects.names import dns1123_label_problems

if TYPE_CHECKING:
    from kubex_testing.embedded import EmbeddedServer

EXAMPLES = """\
examples:
  kubex-testing serve > kubeconfig        an embedded API server; the file is complete when the server listens
  kubex-testing serve --kubeconfig ./kc   the same; the command removes the file when it exits
  kubex-testing serve --no-workloads      Deployments create no pods, and pods stay Pending
  kubex-testing serve --load manifests/   start with the objects of these files or folders
  kubex-testing serve --control-plane     a real kube-apiserver and etcd, found through KUBEBUILDER_ASSETS
"""


class CommandError(Exception):
    """Exit with code 1 and print this message on stderr."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 after SIGINT or SIGTERM, 1 after a failure, 2 for wrong usage."""
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
        help="start a server, print its kubeconfig, and run until SIGINT or SIGTERM",
        description="Start a server, print its kubeconfig on stdout, and run until SIGINT or SIGTERM.",
    )
    serve.add_argument(
        "--control-plane",
        action="store_true",
        help="start a real etcd and kube-apiserver instead of the embedded server",
    )
    serve.add_argument("--http", action="store_true", help="serve without TLS (embedded server only)")
    serve.add_argument(
        "--no-workloads",
        dest="workloads",
        action="store_false",
        help="do not run the controllers that create pods, and do not run pods (embedded server only)",
    )
    serve.add_argument(
        "--run-pods", action="store_true", help="with --no-workloads: run the pods (embedded server only)"
    )
    serve.add_argument(
        "--control",
        action="store_true",
        help="let other processes inject faults through HTTP, below /kubex-testing/ (embedded server only)",
    )
    serve.add_argument(
        "--load",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="start with the objects of these YAML or JSON files or folders (embedded server only)",
    )
    serve.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="append the requests to this file as JSON lines, without secrets (embedded server only)",
    )
    serve.add_argument("--port", type=_port, default=0, help="the port to listen on (default: a free port)")
    serve.add_argument(
        "--namespace", type=_namespace, default="default", help="the namespace of the context in the kubeconfig"
    )
    serve.add_argument(
        "--kubeconfig",
        type=Path,
        metavar="PATH",
        help="write the kubeconfig to this new file instead of stdout, and remove the file at exit",
    )
    options = parser.parse_args(arguments)
    if options.http and options.control_plane:
        serve.error("--http and --control-plane cannot be combined: a control plane serves only HTTPS")
    if not options.workloads and options.control_plane:
        serve.error("--no-workloads and --control-plane cannot be combined: a control plane runs its own controllers")
    if options.run_pods and options.control_plane:
        serve.error("--run-pods and --control-plane cannot be combined: a control plane runs Pods with kubex-kubelet")
    if options.control and options.control_plane:
        serve.error("--control and --control-plane cannot be combined: only the embedded server injects faults")
    if (options.load or options.record) and options.control_plane:
        serve.error("--load and --record cannot be combined with --control-plane: use kubectl apply, and audit logs")
    return options


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number between 0 and 65535")
    return int(text)


def _namespace(text: str) -> str:
    if problems := dns1123_label_problems(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid namespace name: {problems[0]}")
    return text


def _serve(options: argparse.Namespace) -> NoReturn:
    path: Path | None = options.kubeconfig
    if path is not None and path.exists():
        # Never overwrite a file: it may be the user's ~/.kube/config, and this command removes its file at exit.
        raise CommandError(f"{path} already exists; remove it or select another path with --kubeconfig")
    with _run_server(options) as handle, _publish_kubeconfig(handle, path, options.namespace):
        _print_error(f"serving at {handle.url}; press Ctrl-C to stop")
        while True:
            time.sleep(3600)  # until a signal raises KeyboardInterrupt


@contextmanager
def _run_server(options: argparse.Namespace) -> Generator[ServerHandle, None, None]:
    if not options.control_plane:
        server = _create_server(options)
        try:
            server.start()
        except OSError as error:
            reason = f"cannot listen on port {options.port}: {error.strerror}; select another port with --port"
            raise CommandError(reason) from error
        except ValueError as error:
            raise CommandError(f"cannot load the objects: {error}") from error
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


def _create_server(options: argparse.Namespace) -> "EmbeddedServer":
    from kubex_testing.embedded import EmbeddedServer

    try:
        return EmbeddedServer(
            tls=not options.http,
            port=options.port,
            controllers=("namespace-controller", "gc", "bootstrap"),
            run_pods=options.run_pods,
            workloads=options.workloads,
            objects=options.load,
            record=options.record,
            control=options.control,
        )
    except ValueError as error:
        raise CommandError(str(error)) from error


@contextmanager
def _publish_kubeconfig(handle: ServerHandle, path: Path | None, namespace: str) -> Generator[None, None, None]:
    """Print the kubeconfig, or write it to a file that exists as long as the server runs."""
    if path is None:
        sys.stdout.write(handle.kubeconfig(namespace))
        sys.stdout.flush()
        yield
        return
    try:
        handle.write_kubeconfig(path, namespace)
    except OSError as error:
        reason = f"cannot write {path}: {error.strerror}; select another path with --kubeconfig"
        raise CommandError(reason) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _interruptible() -> Generator[None, None, None]:
    """Raise KeyboardInterrupt on the first SIGINT or SIGTERM, and ignore later ones during the cleanup."""
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
