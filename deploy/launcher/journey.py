"""`./deploy/run --check`: the main job, end to end, as a member would do it over HTTP.

Everything runs in a folder and a database that are thrown away; the installation's own data is not touched.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.launcher import environment

READY_WITHIN_S = 120
PARSED_WITHIN_S = 60
FOUND_WITHIN_S = 60
STOPPED_WITHIN_S = 40
SENTENCE = (
    "Met Jane Whitfield (jane@harborlight.example) of Harborlight Capital today. "
    "She is interested in putting $2m into Harbor Fund II. Remind me in two weeks to call her."
)
FUND = "Harbor Fund II"
INVESTOR = "Harborlight Capital"
EMAIL = "check@roundtable.example"


class CheckFailed(Exception):
    """A step of the journey did not come out as promised."""


@dataclass
class Client:
    """The few HTTP calls of the journey."""

    base: str
    token: str = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and decoded answer; status 0 when nobody answers yet."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _decode(answer.read())
        except urllib.error.HTTPError as problem:
            return problem.code, _decode(problem.read())
        except (urllib.error.URLError, OSError):
            return 0, None

    def must(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        status, answer = self.call(method, path, body)
        if not 200 <= status < 300:
            raise CheckFailed(f"{method} {path} answered {status}: {json.dumps(answer)[:500]}")
        return answer


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")[:500]


def check() -> int:
    """Run the journey and say how it went: exit status 0 or 1."""
    with tempfile.TemporaryDirectory(prefix="roundtable-check-") as name:
        port = environment.free_port()
        password = secrets.token_urlsafe(18)
        env = environment.child(
            VAR_DIR=name,
            DATABASE_URL="",
            SPARK_CONTROL_URL="",
            QDRANT_URL="",
            EMAIL_URL="",
            BEHIND_TLS="0",
            FAULT="",
            ALLOWED_HOSTS="127.0.0.1,localhost",
            **environment.throw_away_secrets(),
        )
        environment.manage("migrate", "--no-input", "--verbosity", "0", env=env)
        environment.manage("bootstrap", "--email", EMAIL, "--password", password, env=env, quiet=True)
        log = Path(name) / "check.log"
        try:
            with running(env, port, log):
                travel(Client(f"http://127.0.0.1:{port}"), password)
        except CheckFailed as problem:
            print(f"The check failed: {problem}\n--- the last lines of the log\n{_tail(log)}", flush=True)
            return 1
    print("The check passed: a sentence became an approved, audited record, and is found.")
    return 0


@contextmanager
def running(env: dict[str, str], port: int, log: Path) -> Iterator[None]:
    """The supervisor in a process group of its own, and nothing left of it afterwards."""
    command = [str(environment.PYTHON), "manage.py", "up", "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=environment.ROOT, env=env, stdout=output, stderr=output, process_group=0
        )
    try:
        yield
    finally:
        stop(server)
    if server.returncode != 0:
        raise CheckFailed(f"the supervisor ended with status {server.returncode} when asked to stop")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the supervisor as Ctrl-C or systemd would; whatever is left of its group after that is killed."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
    try:
        server.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired as slow:
        raise CheckFailed(f"it did not stop within {STOPPED_WITHIN_S} s") from slow
    finally:
        try:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        except ProcessLookupError:
            pass


def travel(client: Client, password: str) -> None:
    """Ready, logged in, handed in, parsed, approved, on record, found."""
    _wait_until_ready(client)
    _say("ready")
    pair = client.must("POST", "/api/v1/auth/token/", {"email": EMAIL, "password": password})
    client.token = pair["access"]
    client.must("POST", "/api/v1/funds/", {"name": FUND, "currency": "USD"})
    message = client.must("POST", "/api/v1/intake/messages/", {"text": SENTENCE})
    _say("handed in")
    proposal = _wait_for_proposal(client, message)
    _say(f"proposed: {SENTENCE!r}")
    client.must("POST", f"/api/v1/intake/proposals/{proposal['id']}/approve/", {})
    _say("approved")
    investors = client.must("GET", "/api/v1/investors/")["results"]
    if INVESTOR not in [row["name"] for row in investors]:
        raise CheckFailed(f"{INVESTOR} is not among the investors after the approval")
    records = client.must("GET", "/api/v1/communications/")["results"]
    if len(records) != 1:
        raise CheckFailed(f"one communication should be on record, there are {len(records)}")
    hopes = [row["expected"] for row in client.must("GET", "/api/v1/opportunities/")["results"]]
    if [float(hope or 0) for hope in hopes] != [2_000_000.0]:
        raise CheckFailed(f"one opportunity over 2 million should be open; the amounts are {hopes}")
    entries = client.must("GET", "/api/v1/audit/")["results"]
    if not entries:
        raise CheckFailed("the audit log is empty after the approval")
    _say("on record, with its audit entries")
    _wait_until_found(client)
    _say("found by the search index")


def _wait_until_ready(client: Client) -> None:
    until = time.monotonic() + READY_WITHIN_S
    answer: Any = None
    while time.monotonic() < until:
        status, answer = client.call("GET", "/readyz")
        if status == 200:
            return
        time.sleep(0.25)
    raise CheckFailed(f"/readyz was not ok within {READY_WITHIN_S} s; its last answer: {json.dumps(answer)}")


def _wait_for_proposal(client: Client, message: dict[str, Any]) -> dict[str, Any]:
    until = time.monotonic() + PARSED_WITHIN_S
    while time.monotonic() < until:
        found = client.must("GET", "/api/v1/intake/proposals/")["results"]
        if found:
            first: dict[str, Any] = found[0]
            return first
        time.sleep(0.25)
    raise CheckFailed(f"message {message.get('id')} had no proposal within {PARSED_WITHIN_S} s")


def _wait_until_found(client: Client) -> None:
    """By the index itself, which nobody has asked to be made: the database would answer at once."""
    until = time.monotonic() + FOUND_WITHIN_S
    answer: dict[str, Any] = {}
    while time.monotonic() < until:
        answer = client.must("GET", "/api/v1/search/?q=Harborlight")
        if answer["source"] == "index" and answer["results"]:
            return
        time.sleep(0.25)
    raise CheckFailed(
        f"the search index had not found {INVESTOR} within {FOUND_WITHIN_S} s: {json.dumps(answer)[:500]}"
    )


def _say(step: str) -> None:
    print(f"  {step}", flush=True)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]
