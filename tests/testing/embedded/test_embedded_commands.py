"""The built-in commands of containers, and their shell."""

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer
from kubex_testing.embedded._containers.shell_parser import ShellSyntaxError, parse
from support.running_pod import RunningPod, result

HELLO_SHA256 = b"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False, run_pods=True)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def pod(server: EmbeddedServer, make_client: Callable[..., Any]) -> RunningPod:
    env = [{"name": "COLOR", "value": "dark blue"}]
    return RunningPod(server, make_client(server.handle), server.handle, env=env, workingDir="/srv")


COMMANDS: list[tuple[tuple[str, ...], bytes, bytes, int]] = [
    (("echo", "a", "b  c"), b"a b  c\n", b"", 0),
    (("echo", "-n", "a"), b"a", b"", 0),
    (("/bin/echo", "a"), b"a\n", b"", 0),
    (("cat",), b"input", b"", 0),
    (("cat", "-"), b"input", b"", 0),
    (("cat", "/missing", "/dev/null"), b"", b"cat: /missing: No such file or directory\n", 1),
    (("cat", "/root"), b"", b"cat: /root: Is a directory\n", 1),
    (("pwd",), b"/srv\n", b"", 0),
    (("true",), b"", b"", 0),
    (("false",), b"", b"", 1),
    (("date", "foo"), b"", b"date: invalid date 'foo'\n", 1),
    (("date", "+%s"), b"", b"date: only `date` and `date -u` are available in the embedded server\n", 1),
    (("sleep", "0"), b"", b"", 0),
    (("sleep", "0.001"), b"", b"", 0),
    (("sleep", "x"), b"", b"sleep: only `sleep SECONDS` is available in the embedded server\n", 1),
    (("stty", "size"), b"", b"stty: 'standard input': Inappropriate ioctl for device\n", 1),
    (("head", "-c", "3"), b"inp", b"", 0),
    (("head", "-c", "3", "/dev/zero"), bytes(3), b"", 0),
    (("seq", "3"), b"1\n2\n3\n", b"", 0),
    (("seq", "2", "3"), b"2\n3\n", b"", 0),
    (("wc", "-c"), b"5\n", b"", 0),
    (("wc", "-c", "/dev/null"), b"0 /dev/null\n", b"", 0),
    (("sh", "-c", "echo -n hello | cat"), b"", b"sh: syntax error: `|` is not supported", 2),
    (("sh", "-c", "exit 3"), b"", b"", 3),
    (("sh", "-c", "echo out; echo err >&2"), b"out\n", b"err\n", 0),
    (("sh", "-c", "echo out 1>&2"), b"", b"out\n", 0),
    (("sh", "-c", "cat /missing 2>/dev/null"), b"", b"", 1),
    (("sh", "-c", "cat /missing 2>&1"), b"cat: /missing: No such file or directory\n", b"", 1),
    (("sh", "-c", "false; echo $?"), b"1\n", b"", 0),
    (("sh", "-c", "false && echo no || echo yes"), b"yes\n", b"", 0),
    (("sh", "-c", "true || echo no; exit"), b"", b"", 0),
    (("sh", "-c", "nope; echo after"), b"after\n", b"sh: nope: not found\n", 0),
    (("sh", "-c", "nope"), b"", b"sh: nope: not found\n", 127),
    (("sh", "-c", 'echo "$0" \'$1\' "$1" $# "$@"', "zero", "a  b", "c"), b"zero $1 a  b 2 a  b c\n", b"", 0),
    (("sh", "-c", 'echo "$COLOR" ${COLOR} $MISSING'), b"dark blue dark blue \n", b"", 0),
    (("sh", "-c", "A=1; B=2 env > /tmp/env; echo $A $B"), b"1 \n", b"", 0),
    (("sh", "-c", "export A=1 && echo $A # comment\necho second"), b"1\nsecond\n", b"", 0),
    (("sh", "-c", "read line; echo got $line"), b"got input\n", b"", 0),
    (("sh", "-c", "cd /tmp; pwd; cd /none"), b"/tmp\n", b"sh: cd: can't cd to /none\n", 2),
    (("sh", "-c", "exec sh -c 'exit 5'; echo no"), b"", b"", 5),
    (("sh", "-c", "echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f"), b"a\nb\n", b"", 0),
    (("sh", "-c", "cat < /missing"), b"", b"sh: cannot open /missing: No such file or directory\n", 2),
    (("sh", "-c", ": ; [ -d /tmp ] && [ ! -e /none ] && test -f /tmp || echo folder"), b"folder\n", b"", 0),
    (("sh", "-c", "[ a = a ] && [ a != b ] && [ -n a ] && [ -z '' ] && echo equal"), b"equal\n", b"", 0),
    (("test", "-x", "/root"), b"", b"test: the embedded server does not support -x /root\n", 2),
    (("sh", "script.sh"), b"", b"sh: only `sh` and `sh -c SCRIPT` are available in the embedded server\n", 2),
    (("sh",), b"", b"sh: input: not found\n", 127),
]


@pytest.mark.parametrize(("argv", "stdout", "stderr", "code"), COMMANDS)
def test_builtin_command(pod: RunningPod, argv: tuple[str, ...], stdout: bytes, stderr: bytes, code: int) -> None:
    answer = pod.run(*argv, stdin=b"input")
    assert (answer.stdout, answer.exit_code) == (stdout, code)
    assert answer.stderr == stderr or (stderr and answer.stderr.startswith(stderr))


def test_env_lists_the_variables_of_the_container(pod: RunningPod) -> None:
    lines = pod.run("env").stdout.decode().splitlines()
    assert {"COLOR=dark blue", f"HOSTNAME={pod.name}", "HOME=/root"} <= set(lines)
    assert "TERM=xterm" in pod.run("env", tty=True).stdout.decode().splitlines()


@pytest.mark.parametrize("options", [(), ("-u",)])
def test_date_writes_the_time_in_utc(pod: RunningPod, options: tuple[str, ...]) -> None:
    before = datetime.now(timezone.utc).replace(microsecond=0)
    text = pod.run("date", *options).stdout.decode()
    written = datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y\n").replace(tzinfo=timezone.utc)
    assert before <= written <= datetime.now(timezone.utc)


def test_sha256sum_names_its_input(pod: RunningPod) -> None:
    assert pod.run("sha256sum", stdin=b"hello").stdout == HELLO_SHA256 + b"  -\n"


def test_shell_reads_commands_from_its_input(pod: RunningPod) -> None:
    with pod.open("sh", tty=True) as socket:
        assert socket.receive_data(1, 2) == b"# "
        socket.send(b"\0echo one\n")
        assert socket.receive_data(1, 6) == b"one\n# "
        socket.send(b"\0cd /tmp\rpwd\r\n")
        assert socket.receive_data(1, 7) == b"/tmp\n# "
        socket.send(b"\0exit 6\n")
        assert result(socket).exit_code == 6


@pytest.mark.parametrize(
    "script", ["a | b", "if true", "echo $(date)", "a &", "echo `date`", "'open", '"open', "> ;", "&& a"]
)
def test_unsupported_syntax_is_an_error(script: str) -> None:
    with pytest.raises(ShellSyntaxError):
        parse(script)


def test_large_output_is_complete(pod: RunningPod) -> None:
    answer = pod.run("seq", "200000")
    assert answer.stdout == "".join(f"{number}\n" for number in range(1, 200001)).encode()


@pytest.mark.parametrize("subprotocol", ["v5.channel.k8s.io", "v4.channel.k8s.io"])
def test_input_and_output_are_binary_safe(pod: RunningPod, subprotocol: str) -> None:
    data = bytes(range(256)) * 1000
    with pod.open("head", "-c", str(len(data)), subprotocol=subprotocol) as socket:
        for start in range(0, len(data), 10000):
            socket.send(b"\0" + data[start : start + 10000])
        assert socket.receive_data(1, len(data)) == data
        assert result(socket).status["status"] == "Success"
