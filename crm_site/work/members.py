"""What the supervisor starts: the processes of the house. Read by settings (`UP_MEMBERS`): imports no models."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from crm_site.work import cluster as clusters

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


@dataclass(frozen=True)
class Member:
    """One process group. env: added to the supervisor's own environment. cluster: watched by its heartbeat."""

    name: str
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    enabled: bool = True
    cluster: clusters.Cluster | None = None
    note: str = ""


def manage(name: str, *arguments: str, enabled: bool = True, note: str = "") -> Member:
    """A member that is one of our commands: `manage("matrix_bot")`."""
    return Member(name, (sys.executable, str(MANAGE), name, *arguments), enabled=enabled, note=note)


def web(*, host: str, port: int, threads: int) -> Member:
    """The web server."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    argv = (
        *(sys.executable, "-m", "gunicorn", "crm_site.wsgi:application"),
        *("--config", "python:crm_site.work.gunicorn_conf"),
        *("--bind", address, "--threads", str(threads), "--chdir", str(MANAGE.parent)),
    )
    return Member("web", argv, note=f"http://{address}/")


def workers(cluster: clusters.Cluster) -> Member:
    """A cluster of workers. django-q2 reads its name from the environment while it is being imported."""
    return Member(
        f"workers-{cluster.name}",
        (sys.executable, str(MANAGE), "qcluster"),
        env=(("Q_CLUSTER_NAME", cluster.name),),
        cluster=cluster,
        note=f"{cluster.workers} workers, time-out {cluster.timeout_s} s",
    )
