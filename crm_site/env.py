"""The only reader of the environment: every setting an operator can change, typed, read once.

Values come from the process environment first, then from a `.env` file beside `manage.py`, then from `VAR_DIR/secret.env`
(written once by `deploy/run`). A wrong value stops the start and names the variable.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

BASE_DIR = Path(__file__).resolve().parent.parent
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


class WrongSetting(SystemExit):
    """A variable holds a value that cannot be used. The process ends with a line that names it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


@dataclass(frozen=True)
class Matrix:
    """The bot's account and the rooms of the first organization. An empty homeserver: there is no bot.

    device_id and access_token, when empty, are those that `matrix_bot --login` stored.
    """

    homeserver: str
    user: str
    access_token: str
    password: str
    device_id: str
    intake_room: str
    query_room: str
    e2ee: bool


@dataclass(frozen=True)
class Env:
    """The configuration of product.md, typed. Times are in seconds."""

    var_dir: Path
    database_url: str
    secret_key: str
    audit_key: str
    debug: bool
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    behind_tls: bool
    time_zone: str
    email_url: str
    default_from_email: str
    spark_url: str
    spark_verify_tls: bool
    spark_allow_remote: bool
    spark_timeout_s: float
    chat_model: str
    vision_model: str
    embed_model: str
    embed_path: str
    qdrant_url: str
    qdrant_api_key: str
    qdrant_timeout_s: float
    site_url: str
    matrix: Matrix
    web_threads: int
    fault: str


class _Reader:
    """Looks a name up and coerces it; the one place where a wrong value turns into `WrongSetting`."""

    def __init__(self, values: Mapping[str, str | None]) -> None:
        self._values = values

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name)
        return default if value is None else value.strip()

    def flag(self, name: str, default: bool) -> bool:
        word = self.text(name, "1" if default else "0").lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise WrongSetting(name, f"“{word}” is neither yes nor no; use 1 or 0")

    def seconds(self, name: str, default: float, low: float, high: float) -> float:
        word = self.text(name, str(default))
        try:
            value = float(word)
        except ValueError:
            raise WrongSetting(name, f"“{word}” is not a number of seconds") from None
        if not low <= value <= high:
            raise WrongSetting(name, f"{word} is outside {low:g}..{high:g} seconds")
        return value

    def count(self, name: str, default: int, low: int, high: int) -> int:
        word = self.text(name, str(default))
        if not word.isdecimal() or not low <= int(word) <= high:
            raise WrongSetting(name, f"“{word}” is not a whole number in {low}..{high}")
        return int(word)

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def zone(self, name: str, default: str) -> str:
        word = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(word)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            raise WrongSetting(
                name, f"“{word}” is not a time zone; use a name such as Europe/Berlin"
            ) from None
        return word

    def address(self, name: str, default: str = "") -> str:
        word = self.text(name, default).rstrip("/")
        parts = urlsplit(word)
        if word and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise WrongSetting(name, f"“{word}” is not an http(s) address")
        return word

    def matrix_id(self, name: str, sigils: str) -> str:
        word = self.text(name)
        # Rooms of version 12 have no server part.
        if word and (word[0] not in sigils or len(word) > 255 or any(mark.isspace() for mark in word)):
            raise WrongSetting(name, f"“{word}” is no Matrix id that begins with {' or '.join(sigils)}")
        return word

    def secret(self, name: str, fallback: str, least: int = 32) -> str:
        value = self.text(name) or fallback
        if not value:
            raise WrongSetting(
                name, "is not set; ./deploy/run makes one, or put a long random text into .env"
            )
        if len(value) < least:
            raise WrongSetting(name, f"is shorter than {least} characters")
        return value


def is_public(host: str) -> bool:
    """Tell whether `host` resolves to any address outside this machine and its private networks."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False  # not resolvable now: the call itself will fail, nothing can leave
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    # An IPv4 address may come wrapped as IPv6 (::ffff:8.8.8.8), which Python does not call global.
    return any((getattr(address, "ipv4_mapped", None) or address).is_global for address in addresses)


def check_spark_url(url: str, *, allow_remote: bool) -> None:
    """Refuse a model server outside the house: investor data must not leave the firm's machines."""
    if not url:
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongSetting("SPARK_CONTROL_URL", f"“{url}” is not an http(s) address")
    if not allow_remote and is_public(parts.hostname):
        raise WrongSetting(
            "SPARK_CONTROL_URL",
            f"{parts.hostname} is a public address, and investor data stays in the house; "
            "set SPARK_ALLOW_REMOTE=1 only if you mean it",
        )


def mail_server(url: str) -> tuple[str, int, str, str, bool]:
    """Split `smtp://user:password@host:587` (`smtps` or port 587: with TLS) into Django's five settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise WrongSetting("EMAIL_URL", "is not of the form smtp://user:password@host:587")
    tls = parts.scheme == "smtps" or parts.port == 587
    return parts.hostname, parts.port or (587 if tls else 25), parts.username or "", parts.password or "", tls


def _matrix(reader: _Reader) -> Matrix:
    matrix = Matrix(
        homeserver=reader.address("MATRIX_HOMESERVER"),
        user=reader.matrix_id("MATRIX_USER", "@"),
        access_token=reader.text("MATRIX_ACCESS_TOKEN"),
        password=reader.text("MATRIX_PASSWORD"),
        device_id=reader.text("MATRIX_DEVICE_ID"),
        intake_room=reader.matrix_id("MATRIX_INTAKE_ROOM", "!#"),
        query_room=reader.matrix_id("MATRIX_QUERY_ROOM", "!#"),
        e2ee=reader.flag("MATRIX_E2EE", False),
    )
    if matrix.homeserver and not matrix.user:
        raise WrongSetting("MATRIX_USER", "is not set; enter the bot's id, such as @roundtable:example.com")
    return matrix


def _gather(base_dir: Path) -> dict[str, str | None]:
    file_values = dotenv_values(base_dir / ".env")
    var_dir = Path(os.environ.get("VAR_DIR") or file_values.get("VAR_DIR") or base_dir / "var")
    return {**dotenv_values(var_dir / "secret.env"), **file_values, **os.environ, "VAR_DIR": str(var_dir)}


def read(base_dir: Path = BASE_DIR) -> Env:
    """Read and check the configuration. Raises WrongSetting with the name of the variable at fault."""
    reader = _Reader(_gather(base_dir))
    var_dir = Path(reader.text("VAR_DIR")).resolve()
    secret_key = reader.secret("SECRET_KEY", "")
    allow_remote = reader.flag("SPARK_ALLOW_REMOTE", False)
    spark_url = reader.text("SPARK_CONTROL_URL").rstrip("/")
    check_spark_url(spark_url, allow_remote=allow_remote)
    return Env(
        var_dir=var_dir,
        database_url=reader.text("DATABASE_URL") or f"sqlite:///{var_dir / 'roundtable.sqlite3'}",
        secret_key=secret_key,
        audit_key=reader.secret("AUDIT_KEY", ""),
        debug=reader.flag("DEBUG", False),
        allowed_hosts=reader.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"),
        csrf_trusted_origins=reader.words("CSRF_TRUSTED_ORIGINS"),
        behind_tls=reader.flag("BEHIND_TLS", False),
        time_zone=reader.zone("TIME_ZONE", "UTC"),
        email_url=reader.text("EMAIL_URL"),
        default_from_email=reader.text("DEFAULT_FROM_EMAIL", "roundtable@localhost"),
        spark_url=spark_url,
        spark_verify_tls=reader.flag("SPARK_CONTROL_VERIFY_TLS", True),
        spark_allow_remote=allow_remote,
        spark_timeout_s=reader.seconds("SPARK_TIMEOUT_S", 60.0, 0.1, 600.0),
        chat_model=reader.text("CRM_CHAT_MODEL", "qwen"),
        vision_model=reader.text("CRM_VISION_MODEL"),
        embed_model=reader.text("CRM_EMBED_MODEL"),
        embed_path=reader.text("CRM_EMBED_PATH"),
        qdrant_url=reader.address("QDRANT_URL"),
        qdrant_api_key=reader.text("QDRANT_API_KEY"),
        qdrant_timeout_s=reader.seconds("QDRANT_TIMEOUT_S", 5.0, 0.1, 120.0),
        site_url=reader.address("SITE_URL", "http://localhost:8000"),
        matrix=_matrix(reader),
        web_threads=reader.count("WEB_THREADS", 4, 1, 64),
        fault=reader.text("FAULT"),
    )
