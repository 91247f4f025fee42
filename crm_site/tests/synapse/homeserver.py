"""Synapse on loopback, with a data folder of its own: started, stopped, killed and started again on the same data."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / "var" / "synapse-venv" / "bin" / "python"
SERVER_NAME = "test.localhost"
PASSWORD = "a long enough pass phrase"
SHARED_SECRET = "loopback-only"
START_WITHIN_S = 60.0
STOP_WITHIN_S = 20.0
FREELY: dict[str, float] = {"per_second": 10_000, "burst_count": 10_000}
# What Synapse allows when nothing is configured.
BY_DEFAULT: dict[str, float] = {"per_second": 0.2, "burst_count": 10}


class Refused(AssertionError):
    """The homeserver said no. errcode: Matrix's word for it."""

    def __init__(self, status: int, errcode: str, message: str) -> None:
        super().__init__(f"{status} {errcode}: {message}")
        self.status = status
        self.errcode = errcode


@dataclass(frozen=True)
class Account:
    """Somebody who may log in, and is: token and device belong together."""

    mxid: str
    token: str
    device_id: str
    password: str = PASSWORD


class Homeserver:
    """One Synapse. Use it as a context manager; nothing of it outlives the block.

    folder: where its database, media, keys and log are. messages: its limit on messages, `BY_DEFAULT` for Synapse's own.
    """

    def __init__(self, folder: Path, *, messages: dict[str, float] = FREELY) -> None:
        if not PYTHON.exists():
            raise RuntimeError("There is no Synapse: run ./deploy/test --only matrix-sqlite once.")
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._write_configuration(messages)

    def __enter__(self) -> Homeserver:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> float:
        """Start it, on the data it has; return the seconds until it answered."""
        # A proxy would be asked for 127.0.0.1 too.
        clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        command = [str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(self.folder / "homeserver.yaml")]
        if shutil.which("setpriv"):
            # It goes when the tests go, also when they are killed and can stop nothing any more.
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        with (self.folder / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=clean,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C at the keyboard reaches pytest, which then stops it in order.
                start_new_session=True,
            )
        began = time.monotonic()
        while not self.is_up():
            if self.process.poll() is not None or time.monotonic() - began > START_WITHIN_S:
                raise RuntimeError(f"Synapse did not start:\n{self.log()[-3000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.stop()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(STOP_WITHIN_S)
        self.process = None

    def is_up(self) -> bool:
        try:
            with _open(urllib.request.Request(f"{self.url}/health"), timeout_s=1) as answer:
                return answer.read() == b"OK"
        except OSError:
            return False

    def log(self) -> str:
        """What it wrote: its own log and what came to the terminal."""
        names = ("output.log", "synapse.log")
        return "\n".join((self.folder / name).read_text() for name in names if (self.folder / name).exists())

    def register(self, name: str, *, admin: bool = False) -> Account:
        """Make an account `@name:test.localhost` and log it in."""
        place = "/_synapse/admin/v1/register"
        nonce = self.call("GET", place)["nonce"]
        parts = (nonce, name, PASSWORD, "admin" if admin else "notadmin")
        seal = hmac.new(SHARED_SECRET.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": PASSWORD, "admin": admin, "mac": seal}
        made = self.call("POST", place, body)
        return Account(made["user_id"], made["access_token"], made["device_id"])

    def newcomer(self, name: str) -> Account:
        """An account whose name nobody has yet."""
        return self.register(f"{name}-{secrets.token_hex(4)}")

    def revoke(self, account: Account) -> None:
        """Log the device out: its token is refused from now on."""
        self.call("POST", "/_matrix/client/v3/logout", {}, token=account.token)

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, token: str = ""
    ) -> dict[str, Any]:
        """One request of the client or admin API. Raises Refused."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with _open(request, timeout_s=30) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            said = json.loads(error.read() or b"{}")
            raise Refused(error.code, said.get("errcode", ""), said.get("error", "")) from None

    def _write_configuration(self, messages: dict[str, float]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (self.folder / "signing.key").write_text(f"ed25519 a_test {key}\n")
        log = {
            "version": 1,
            "handlers": {
                "file": {"class": "logging.FileHandler", "filename": str(self.folder / "synapse.log")}
            },
            "root": {"level": "WARNING", "handlers": ["file"]},
            "disable_existing_loggers": False,
        }
        # JSON is YAML, and needs no library to write.
        (self.folder / "log.yaml").write_text(json.dumps(log))
        (self.folder / "homeserver.yaml").write_text(json.dumps(self._configuration(messages), indent=1))

    def _configuration(self, messages: dict[str, float]) -> dict[str, Any]:
        database = {"name": "sqlite3", "args": {"database": str(self.folder / "synapse.sqlite3")}}
        listener = {
            "port": self.port,
            "type": "http",
            "tls": False,
            "bind_addresses": ["127.0.0.1"],
            "resources": [{"names": ["client"]}],
        }
        return {
            "server_name": SERVER_NAME,
            "public_baseurl": f"{self.url}/",
            "signing_key_path": str(self.folder / "signing.key"),
            "log_config": str(self.folder / "log.yaml"),
            "media_store_path": str(self.folder / "media"),
            "pid_file": str(self.folder / "synapse.pid"),
            "report_stats": False,
            "listeners": [listener],
            "database": database,
            "registration_shared_secret": SHARED_SECRET,
            "macaroon_secret_key": "loopback-only-m",
            "form_secret": "loopback-only-f",
            "bcrypt_rounds": 4,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "presence": {"enabled": False},
            # Else the same /sync within two minutes is answered from a cache and misses what came since.
            "caches": {"global_factor": 0.5, "sync_response_cache_duration": "0s"},
            **_limits(messages),
        }


def _limits(messages: dict[str, float]) -> dict[str, Any]:
    """Synapse's own are made for the open internet: a test meets them at its sixth log-in."""
    return {
        "rc_message": messages,
        "rc_login": {"address": FREELY, "account": FREELY, "failed_attempts": FREELY},
        "rc_joins": {"local": FREELY, "remote": FREELY},
        "rc_joins_per_room": FREELY,
        "rc_invites": {"per_room": FREELY, "per_user": FREELY, "per_issuer": FREELY},
        "rc_room_creation": FREELY,
        "rc_registration": FREELY,
    }


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _open(request: urllib.request.Request, *, timeout_s: float) -> Any:
    return _opener.open(request, timeout=timeout_s)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
