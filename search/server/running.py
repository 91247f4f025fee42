"""One process per folder: it takes the folder's lock, then a free port, then says where it is."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
from pathlib import Path

import uvicorn

from search.server import address, app
from search.server.shards import Shards

STOP_WITHIN_S = 3


class AlreadyRunning(RuntimeError):
    """Another process owns the folder."""


def serve(folder: Path) -> None:
    """Serve the shards of `folder` until SIGTERM. Raises AlreadyRunning.

    The port is kept over restarts where it is still free, so that clients need not look again.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise AlreadyRunning(f"Another process serves {folder} already.") from None
    lock.write(str(os.getpid()))
    lock.flush()
    known = address.read(folder)
    token = known.token if known else secrets.token_urlsafe(32)
    # uvicorn repeats the signal that ended it; by default that would kill us before the shards are closed.
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda number, frame: None)
    shards = Shards(folder / "collections")
    try:
        with _listening(known) as listener:
            port = listener.getsockname()[1]
            address.write(folder, address.Address(f"http://127.0.0.1:{port}", token))
            config = uvicorn.Config(
                app.make(shards, token=token),
                access_log=False,
                log_level="warning",
                lifespan="off",
                timeout_graceful_shutdown=STOP_WITHIN_S,
            )
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        shards.close()
        lock.close()


def _listening(known: address.Address | None) -> socket.socket:
    wanted = int(known.url.rpartition(":")[2]) if known else 0
    for port in dict.fromkeys((wanted, 0)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            continue
        return listener
    raise OSError("no free port on 127.0.0.1")
