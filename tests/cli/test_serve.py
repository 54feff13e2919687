from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from aimline.cli.bench_server import free_port
from tests.homes import surroundings


class Running:
    """A server that was started the way a person does, in a process group of its own."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        words = [sys.executable, "-m", "aimline.cli.main", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            words,
            env=surroundings(home),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def said(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def group(self) -> list[int]:
        listed = subprocess.run(
            ["ps", "-e", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True
        )
        rows = [line.split() for line in listed.stdout.splitlines()]
        return [int(pid) for pid, group, state in rows if int(group) == self.process.pid and "Z" not in state]


@pytest.fixture
def server(home: Path) -> Iterator[Running]:
    running = Running(home)
    yield running
    for pid in running.group():
        os.kill(pid, signal.SIGKILL)
    running.process.wait()
    if running.process.stderr is not None:
        running.process.stderr.close()


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_web_and_worker_stop_together_within_ten_seconds(server: Running, wish: signal.Signals) -> None:
    assert f"http://127.0.0.1:{server.port}/" in server.said()
    with urlopen(f"http://127.0.0.1:{server.port}/healthz", timeout=30) as answer:
        assert answer.status == 200
    start = time.monotonic()
    os.killpg(server.process.pid, wish) if wish is signal.SIGINT else server.process.send_signal(wish)
    assert server.process.wait(10) in {0, 130}
    # Python's own tracker of shared resources ends a moment after the process it watched.
    while server.group() and time.monotonic() - start < 10:
        time.sleep(0.05)
    assert server.group() == []


def test_a_taken_port_is_said_in_words(made_home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        outcome = subprocess.run(
            [sys.executable, "-m", "aimline.cli.main", "serve", "--port", str(port)],
            env=surroundings(made_home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    assert outcome.returncode == 4
    assert f"Port {port} on 127.0.0.1 is taken" in outcome.stderr
