"""A server of its own for what `bench` measures over the network: in a home made for it, gone when it is over.

It keeps its rows in SQLite, or on PostgreSQL where `AIMLINE_BENCH_DATABASE_URL` names an empty database.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aimline.cli.bench_students import program

DATABASE = "AIMLINE_BENCH_DATABASE_URL"
COME_UP = 60
PORTS = (20_000, 32_000)
_PROCESSES = Path("/proc")
_READY = "import django; django.setup()\n"


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where it listens, what it runs with, and where it writes what went wrong."""

    port: int
    pid: int
    log: Path
    given: dict[str, str]

    @property
    def database(self) -> str:
        return "PostgreSQL" if "AIMLINE_DATABASE_URL" in self.given else "SQLite"

    @property
    def locked(self) -> int:
        """How often it had to say that its database was locked."""
        return self.log.read_text(errors="replace").count("locked")

    def told(self, script: str, *words: str) -> str:
        """What a script says that runs in this home, beside the server."""
        asked = [sys.executable, "-c", _READY + script, *words]
        return subprocess.run(
            asked, env=self.given, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def processor(self) -> float:
        """Seconds of the processor that it and its children took so far; 0 where the machine does not tell."""
        return sum(_seconds(pid) for pid in _family(self.pid))


@contextmanager
def served(home: Path | None = None) -> Iterator[Served]:
    """Serve a home that is made for it, or a copy of one."""
    with tempfile.TemporaryDirectory(prefix="aimline-bench-") as name:
        folder = Path(name)
        given = _given(folder)
        if home:
            shutil.copytree(home, given["AIMLINE_HOME"])
        else:
            making = program("init", "--name", "Bench", "--code", "BENCH")
            subprocess.run(making, env=given, check=True, capture_output=True)
        with _running(folder / "server.log", given) as server:
            yield server


@contextmanager
def _running(log: Path, given: dict[str, str]) -> Iterator[Served]:
    port = free_port()
    with log.open("w") as said:
        serving = subprocess.Popen(
            program("serve", "--port", str(port)), env=given, stdout=subprocess.DEVNULL, stderr=said
        )
    try:
        _wait(port, serving)
        yield Served(port, serving.pid, log, given)
    finally:
        serving.terminate()
        serving.wait()


def _given(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIMLINE_")}
    own = {"AIMLINE_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "aimline.config.settings"}
    database = os.environ.get(DATABASE)
    return {**kept, **own, **({"AIMLINE_DATABASE_URL": database} if database else {})}


def free_port() -> int:
    """A port nobody listens on, none of those that the system lends to whoever calls somebody."""
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


def _wait(port: int, serving: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + COME_UP
    while time.monotonic() < deadline and serving.poll() is None:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("The server did not come up.")


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    above = {one: _facts(one)[1] for one in _running_now()}
    found = [pid]
    for one in found:
        found += [child for child, parent in above.items() if int(parent or 0) == one]
    return found


def _running_now() -> list[int]:
    return [int(path.name) for path in _PROCESSES.glob("[0-9]*")]


def _seconds(pid: int) -> float:
    user, system = _facts(pid)[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _facts(pid: int) -> list[str]:
    """What the system tells of a process, behind its name; nothing of one that has ended."""
    try:
        told = (_PROCESSES / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return ["0"] * 20
    return told.rpartition(")")[2].split()


def slowest_of_twenty(taken: list[float]) -> float:
    """The time that 19 of 20 stay under, in milliseconds."""
    return 1000 * statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else 0.0
