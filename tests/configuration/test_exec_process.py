"""Tests of running exec plugins: errors, limits, cancellation, and one run for concurrent callers."""

import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from kubex.credentials import Authentication, ExecCredentials
from kubex.credentials._exec_stderr import MAX_LINE_LENGTH, MAX_LOGGED_LINES, TAIL_LINES
from kubex.errors import ConfigurationError
from support.exec_plugins import WAIT_TIMEOUT, PluginListener, PluginScript, RunningPlugin

pytestmark = pytest.mark.anyio

SECRET = "s3cr3t-value"
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXRoYXQtaXMtbm9uZQ"


def token(authentication: Authentication) -> str:
    return dict(authentication.headers)["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def listener() -> Iterator[PluginListener]:
    with PluginListener() as listener:
        yield listener


def credentials(folder: Path, body: str, **fields: object) -> ExecCredentials:
    return ExecCredentials(PluginScript(folder / "plugin", body).plugin(**fields))


@pytest.mark.covers("pitfall-30")
async def test_failing_plugin_raises_with_its_exit_code_and_standard_error(tmp_path: Path) -> None:
    body = f"""
print("{SECRET}", flush=True)
print_credential(token="{SECRET}")
print("please log in\\nfirst", file=sys.stderr)
sys.exit(3)
"""
    source = credentials(tmp_path, body, args=(SECRET,), env={"A": SECRET})
    with pytest.raises(ConfigurationError) as caught:
        await source.authenticate()
    assert "exec plugin '" in str(caught.value)
    assert str(caught.value).endswith("failed with exit code 3; standard error:\nplease log in\nfirst")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


async def test_killed_plugin_raises_and_names_the_signal(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="was killed by SIGKILL; standard error was empty"):
        await credentials(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)").authenticate()


async def test_error_has_the_last_lines_of_standard_error_and_the_log_has_the_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    body = """
for number in range(5_000):
    print("line", number, "=" * 1000, file=sys.stderr)
sys.stderr.write("." * 1_000_000)
sys.exit(1)
"""
    with caplog.at_level(logging.WARNING), pytest.raises(ConfigurationError) as caught:
        await credentials(tmp_path, body).authenticate()
    lines = str(caught.value).splitlines()[1:]
    assert (len(lines), lines[0][:10]) == (TAIL_LINES, "line 4981 ")
    assert max(map(len, lines)) == MAX_LINE_LENGTH + 3
    assert len(caplog.records) == MAX_LOGGED_LINES


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        (JWT, JWT),
        (f"token={JWT}", JWT),
        (f'{{"token":"{JWT}"}}', JWT),
        (f"Authorization: Bearer {JWT}, refused", JWT),
        *((f"refused {before}{JWT}", JWT) for before in "[<`{;|/\\="),
        (f"got\\n{JWT}\\n", JWT),
        (f"GET https://id.example.com/cb?state=1&access_token={SECRET}&x=1", SECRET),
        (f"https://id.example.com/#id_token={SECRET}", SECRET),
        (f"login --token={SECRET} --client-secret={SECRET}", SECRET),
        (f"POST client_id=x;client_secret={SECRET}", SECRET),
        ('"clientKeyData": "-----BEGIN PRIVATE KEY-----\\\\nMIGHAgEA\\\\n"', "MIGHAgEA"),
        ("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIB/wEEIFJ9fSBu", "MIGHAgEA"),
    ],
)
async def test_text_that_looks_like_a_secret_is_hidden(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, line: str, hidden: str
) -> None:
    body = f"print({line!r}, file=sys.stderr); sys.exit(1)"
    with caplog.at_level(logging.DEBUG), pytest.raises(ConfigurationError, match=r"\[hidden\]") as caught:
        await credentials(tmp_path, body).authenticate()
    assert hidden not in "".join([*traceback.format_exception(caught.value), caplog.text])


async def test_standard_error_is_logged_while_the_plugin_runs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, listener: PluginListener
) -> None:
    line = "To sign in open https://login.example.com/device?state=0123456789012345678901234567890123456789 and enter X"
    body = f"""
print({line!r}, file=sys.stderr, flush=True)
print("and wait", file=sys.stderr, flush=True)
connect({listener.port}).recv(1)
print_credential(token="{SECRET}")
"""
    source = credentials(tmp_path, body)
    logged = threading.Semaphore(0)

    class LogWaiter(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.release()

    handler = LogWaiter()
    logging.getLogger("kubex.credentials").addHandler(handler)
    try:
        with caplog.at_level(logging.DEBUG):
            async with anyio.create_task_group() as group:
                group.start_soon(source.authenticate)
                plugin = await listener.accept()
                for _ in range(2):
                    assert await anyio.to_thread.run_sync(lambda: logged.acquire(timeout=10))
                plugin.proceed()
    finally:
        logging.getLogger("kubex.credentials").removeHandler(handler)
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [warning.partition("': ")[2] for warning in warnings] == [line, "and wait"]
    assert SECRET not in caplog.text


@pytest.mark.covers("pitfall-30")
async def test_large_output_on_both_pipes_does_not_deadlock(tmp_path: Path) -> None:
    body = """
sys.stderr.write("e" * 1_000_000)
sys.stdout.write(" " * 900_000)
sys.stderr.write("e" * 1_000_000)
print_credential(token="t")
"""
    assert token(await credentials(tmp_path, body).authenticate()) == "t"


async def test_endless_output_raises(tmp_path: Path) -> None:
    body = f"""
while True:
    sys.stdout.write("{SECRET}" * 10_000)
"""
    with pytest.raises(ConfigurationError, match="printed more than 1048576 bytes on standard output") as caught:
        await credentials(tmp_path, body, timeout=None).authenticate()
    assert SECRET not in str(caught.value)


WITH_CHILD = """
import subprocess
if len(sys.argv) > 2:
    connect(sys.argv[1]).recv(1)
else:
    subprocess.Popen([sys.executable, "-I", "-S", __file__, sys.argv[1], "child"])
    print("waiting", file=sys.stderr, flush=True)
    connect(sys.argv[1]).recv(1)
"""


@pytest.mark.covers("pitfall-30")
async def test_plugin_is_killed_with_its_children_at_the_timeout(tmp_path: Path, listener: PluginListener) -> None:
    source = credentials(tmp_path, WITH_CHILD, args=(str(listener.port),), timeout=3)
    async with anyio.create_task_group() as group:

        async def authenticate() -> None:
            with pytest.raises(
                ConfigurationError, match=r"was killed after 3 s; ExecPlugin\(timeout=...\) sets"
            ) as caught:
                await source.authenticate()
            assert str(caught.value).endswith("standard error:\nwaiting")

        group.start_soon(authenticate)
        processes = [await listener.accept(), await listener.accept()]
    for each in processes:
        await each.wait_for_exit()
    assert any(each.was_reaped() for each in processes)


@pytest.mark.covers("pitfall-30")
async def test_plugin_is_killed_before_a_cancelled_call_returns(tmp_path: Path, listener: PluginListener) -> None:
    source = credentials(tmp_path, f"connect({listener.port}).recv(1)", timeout=None)
    async with anyio.create_task_group() as group:
        group.start_soon(source.authenticate)
        plugin = await listener.accept()
        group.cancel_scope.cancel()
    assert plugin.was_reaped()
    await plugin.wait_for_exit()


async def test_plugins_do_not_use_the_default_thread_limiter(tmp_path: Path, listener: PluginListener) -> None:
    threads = anyio.to_thread.current_default_thread_limiter()
    threads.total_tokens = 2
    body = f"connect({listener.port}).recv(1)"
    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(credentials(tmp_path / str(number), body, timeout=None).authenticate)
        with anyio.fail_after(WAIT_TIMEOUT):
            plugins = [await listener.accept() for _ in range(4)]
        group.cancel_scope.cancel()
    assert all(plugin.was_reaped() for plugin in plugins)
    for plugin in plugins:
        await plugin.wait_for_exit()


async def test_cancelled_call_does_not_start_the_plugin(tmp_path: Path) -> None:
    script = PluginScript(tmp_path / "plugin", 'print_credential(token="t")')
    with anyio.CancelScope() as scope:
        scope.cancel()
        await ExecCredentials(script.plugin()).authenticate()
    assert scope.cancelled_caught
    assert script.runs == 0


@pytest.mark.covers("pitfall-35")
async def test_plugin_keeps_running_for_waiting_callers_if_one_is_cancelled(
    tmp_path: Path, listener: PluginListener
) -> None:
    script = PluginScript(tmp_path / "plugin", f"connect({listener.port}).recv(1); print_credential(token=str(run))")
    source = ExecCredentials(script.plugin())
    tokens: list[str] = []

    async def authenticate() -> None:
        tokens.append(token(await source.authenticate()))

    plugin: RunningPlugin | None = None
    async with anyio.create_task_group() as group:
        for _ in range(2):  # first the caller that started it, then the one that took over
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as cancelled:
                    cancelled.start_soon(authenticate)
                    await anyio.wait_all_tasks_blocked()
                    group.start_soon(authenticate)
                    await anyio.wait_all_tasks_blocked()
                    plugin = plugin or await listener.accept()
                    scope.cancel()
        assert plugin is not None
        plugin.proceed()
    assert tokens == ["1", "1"]
    assert script.runs == 1


async def test_plugin_is_killed_when_the_last_waiting_caller_is_cancelled(
    tmp_path: Path, listener: PluginListener
) -> None:
    source = credentials(
        tmp_path, f"run == 1 and connect({listener.port}).recv(1); print_credential(token=str(run))", timeout=None
    )
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(source.authenticate)
        plugin = await listener.accept()
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert plugin.was_reaped()
    await plugin.wait_for_exit()
    assert token(await source.authenticate()) == "2"


async def test_background_child_of_a_plugin_does_not_delay_the_result(tmp_path: Path, listener: PluginListener) -> None:
    body = """
import subprocess
if len(sys.argv) > 2:
    connect(sys.argv[1]).recv(1)
else:
    subprocess.Popen([sys.executable, "-I", "-S", __file__, sys.argv[1], "child"], stdout=subprocess.DEVNULL)
    print_credential(token="t")
"""
    source = credentials(tmp_path, body, args=(str(listener.port),))
    assert token(await source.authenticate()) == "t"
    (await listener.accept()).proceed()


@pytest.mark.covers("pitfall-30")
@pytest.mark.covers("pitfall-35")
@pytest.mark.parametrize("fails", [False, True])
async def test_concurrent_callers_share_one_run_and_its_failure(
    tmp_path: Path, listener: PluginListener, fails: bool
) -> None:
    end = "sys.exit(1)" if fails else 'print_credential(token="t")'
    script = PluginScript(tmp_path / "plugin", f"connect({listener.port}).recv(1)\n{end}")
    source = ExecCredentials(script.plugin())
    outcomes: list[str] = []

    async def authenticate() -> None:
        try:
            outcomes.append(token(await source.authenticate()))
        except ConfigurationError:
            outcomes.append("failed")

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(authenticate)
        plugin = await listener.accept()
        await anyio.wait_all_tasks_blocked()
        plugin.proceed()
    assert outcomes == ["failed" if fails else "t"] * 20
    assert script.runs == 1


@pytest.mark.covers("pitfall-30")
async def test_credentials_are_cached_until_they_expire(tmp_path: Path) -> None:
    now = datetime.now(timezone.utc)
    for moment, runs in ((None, 1), (now + timedelta(hours=1), 1), (now - timedelta(seconds=1), 3)):
        expiry = f"{moment.isoformat()!r}" if moment else "None"
        body = f'print_credential(token="t", expirationTimestamp={expiry})'
        script = PluginScript(tmp_path / str(expiry).replace(":", ""), body)
        source = ExecCredentials(script.plugin())
        assert [token(await source.authenticate()) for _ in range(3)] == ["t"] * 3
        assert script.runs == runs


@pytest.mark.covers("pitfall-30")
async def test_rejected_token_is_renewed(tmp_path: Path) -> None:
    script = PluginScript(tmp_path / "plugin", "print_credential(token=str(run))")
    source = ExecCredentials(script.plugin())
    first = await source.authenticate()
    second = await source.authenticate(rejected=first)
    assert (token(first), token(second)) == ("1", "2")
    assert await source.authenticate(rejected=first) is second
    assert script.runs == 2


def test_plugin_runs_in_an_event_loop_of_another_thread(tmp_path: Path, anyio_backend: str) -> None:
    source = credentials(tmp_path, 'print_credential(token="t")')
    tokens: list[str] = []

    def work() -> None:
        tokens.append(token(anyio.run(source.authenticate, backend=anyio_backend)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert tokens == ["t"]
