"""The production server and the background work."""

from __future__ import annotations

import errno
import http.client
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import click
from django.utils.module_loading import autodiscover_modules
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from aimline.cli import home
from aimline.cli.upkeep import bring_up_to_date
from aimline.config import environment
from aimline.core import jobs
from aimline.imports.tasks import clear_uploads
from aimline.measures.tasks import ask_if_stale

WEB_PROCESSES = 2
THREADS_EACH = 6
# Web and worker are stopped one after the other; together they stay within ten seconds.
STOP_WITHIN = 4
RESTART_AFTER = 2.0
ANNOUNCE_WITHIN = 60.0


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on (default: AIMLINE_PORT, or 8000)."
)
def serve(port: int | None) -> None:
    """Serve the pages, with the background work beside them.

    Ctrl-C or SIGTERM stops both. The address to listen on is AIMLINE_HOST (127.0.0.1), the one people use AIMLINE_URL.

    Example: aimline serve --port 8080
    """
    run(port)


def run(port: int | None) -> None:
    """Serve until told to stop. Other commands that end in serving call this too."""
    host = environment.text("AIMLINE_HOST", "127.0.0.1")
    port = port or environment.number("AIMLINE_PORT", 8000)
    _expect_free(host, port)
    os.environ["AIMLINE_PORT"] = str(port)
    bring_up_to_date()
    # Web processes start afresh: a copy of this one would share its threads' locks and its open files.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "aimline.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=min(WEB_PROCESSES, os.cpu_count() or 1),
        blocking_threads=THREADS_EACH,
        backpressure=256,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN,
    )
    with BackgroundWork():
        threading.Thread(target=_announce, args=(host, port), daemon=True).start()
        server.serve()


def _expect_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the server does it: a port that was let go a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is taken by another program" if taken else f"cannot be used: {error.strerror}"
            raise home.CannotRunHere(
                f"Port {port} on {host} {why}. Choose another one with --port."
            ) from error


def _announce(host: str, port: int) -> None:
    """Say where the pages are, once the first one can be opened."""
    deadline = time.monotonic() + ANNOUNCE_WITHIN
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, port, timeout=ANNOUNCE_WITHIN)
        with suppress(OSError, http.client.HTTPException), closing(connection):
            connection.request("GET", "/healthz")
            connection.getresponse()
            click.echo(f"Aimline is at http://{_in_url(host)}:{port}/ and stops with Ctrl-C.", err=True)
            return
        time.sleep(0.1)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class BackgroundWork:
    """The worker as a child process, started again if it dies, stopped at the end."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, daemon=True)
        self._child = self._start()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._child.terminate()
        try:
            self._child.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "aimline.cli.main", "worker"], stdin=subprocess.DEVNULL
        )

    def _keep_running(self) -> None:
        while not self._stopping.wait(0.2):
            if self._child.poll() is None:
                continue
            click.echo(
                f"aimline: the worker stopped with code {self._child.returncode}; starting it again.",
                err=True,
            )
            if not self._stopping.wait(RESTART_AFTER):
                self._child = self._start()


@click.command()
def worker() -> None:
    """Run the background work alone, until Ctrl-C or SIGTERM; `aimline serve` starts one by itself.

    Example: aimline worker
    """
    autodiscover_modules("tasks")
    ask_if_stale()
    jobs.ask(clear_uploads)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    parent = os.getppid()
    # A worker whose server was killed outright would run on unseen.
    jobs.run_worker(lambda: stopping.is_set() or os.getppid() != parent)
