"""How gunicorn runs under the supervisor: its workers die with it."""

from __future__ import annotations

from crm_site.work import lifeline

worker_class = "gthread"
workers = 1
timeout = 60
graceful_timeout = 10
# A socket file in the home directory would be shared by all installations of a user.
control_socket_disable = True


def post_fork(server: object, worker: object) -> None:
    """Called by gunicorn in each new worker."""
    lifeline.tie_to_parent(getattr(server, "pid", 0))
