"""What `deploy/` ships parses and names only what exists. It cannot be started here: there is no container engine."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from crm_site import env

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
LOCKS = ("requirements.txt", "deploy/requirements-dev.txt", "deploy/requirements-synapse.txt")


def test_compose_has_every_part_of_the_grown_up_installation() -> None:
    services = COMPOSE["services"]
    assert {"web", "workers", "database", "index", "caddy"} <= set(services)
    for service in services.values():
        needed = service.get("depends_on", {})
        assert set(needed) <= set(services)


def test_compose_names_paths_that_exist_and_volumes_that_are_declared() -> None:
    for service in COMPOSE["services"].values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
    build = COMPOSE["x-application"]["build"]
    assert ((DEPLOY / build["context"]).resolve() / build["dockerfile"]).exists()


def test_the_image_copies_what_exists_and_leaves_secrets_out() -> None:
    copied = re.findall(r"^COPY (\S+)", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert copied
    assert all((ROOT / source).exists() for source in copied)
    left_out = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {".env", "var", ".git", ".venv"} <= set(left_out)


def test_every_management_command_that_is_started_exists() -> None:
    texts = [path.read_text() for path in (DEPLOY / "compose.yaml", DEPLOY / "Dockerfile")]
    started = {name for text in texts for name in re.findall(r"manage\.py[\", ]+([a-z_]+)", text)}
    commands = {path.stem for path in ROOT.glob("*/*/management/commands/*.py")}
    commands |= {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    assert started - commands <= {"migrate", "collectstatic"}


def test_the_unit_starts_a_file_that_exists_and_leaves_no_orphans() -> None:
    unit = (DEPLOY / "systemd" / "roundtable.service").read_text()
    assert "KillMode=control-group" in unit
    assert "Restart=always" in unit
    started = re.search(r"^ExecStart=/opt/roundtable/(\S+)", unit, flags=re.MULTILINE)
    assert started and os.access(ROOT / started[1], os.X_OK)


def test_the_example_names_every_variable_and_every_variable_is_real() -> None:
    example = (DEPLOY / "env.example").read_text()
    offered = set(re.findall(r"^#?([A-Z_]+)=", example, flags=re.MULTILINE))
    reader = Path(env.__file__).read_text()
    real = set(re.findall(r"\"([A-Z][A-Z_]{3,})\"", reader)) - {"FAULT", "DEBUG"}
    for_compose = {"POSTGRES_PASSWORD", "SITE_ADDRESS"}
    assert offered - real == for_compose
    assert real <= offered


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_an_exact_version_and_a_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text)
    packages = [entry for entry in entries if entry and not entry.startswith("#")]
    assert packages
    assert [
        entry.split()[0] for entry in packages if "==" not in entry or "--hash=sha256:" not in entry
    ] == []


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml"])
def test_no_package_host_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"https?://|index-url|find-links|git\+", text)


@pytest.mark.parametrize("name", ["run", "test", "bench", "lock", "launcher/start", "../.ci/run"])
def test_every_command_can_be_executed(name: str) -> None:
    assert os.access(DEPLOY / name, os.X_OK)


def test_ci_runs_the_same_command_as_a_developer() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        'exec "$(dirname "$0")/../deploy/test"'
    ]
