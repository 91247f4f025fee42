"""Starts the whole house and keeps it running: web, workers, and what settings add."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.work import cluster as clusters
from crm_site.work import health, members, supervisor


class Command(BaseCommand):
    help = "Runs web server and workers as one; Ctrl-C or SIGTERM stops all of it cleanly."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument(
            "--threads", type=int, default=settings.WEB_THREADS, help="threads of the web server"
        )
        parser.add_argument("--no-web", action="store_true", help="workers only")
        parser.add_argument("--grace", type=float, default=25.0, help="seconds to finish when stopping (25)")
        parser.add_argument("--beat", type=float, default=10.0, help="seconds between signs of life (10)")
        parser.add_argument(
            "--patience", type=float, default=30.0, help="seconds until silence means stuck (30)"
        )
        parser.add_argument("--check-port", action="store_true", help="only tell whether the port is free")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not options["no_web"]:
            _require_port(host, port)
        if options["check_port"]:
            self.stdout.write(f"Port {port} is free.")
            return
        missing = health.unapplied_migrations()
        if missing:
            raise CommandError(f"{len(missing)} migrations are not applied; run: python manage.py migrate")
        team = self._team(host, port, options)
        supervisor.prepare(team)
        supervisor.Supervisor(
            members=team,
            say=self._say,
            grace_s=options["grace"],
            beat_every=timedelta(seconds=options["beat"]),
            patience=timedelta(seconds=options["patience"]),
        ).run()

    def _team(self, host: str, port: int, options: dict[str, Any]) -> list[members.Member]:
        team = [members.workers(cluster) for cluster in clusters.CLUSTERS]
        if not options["no_web"]:
            team.insert(0, members.web(host=host, port=port, threads=options["threads"]))
        return [*team, *getattr(settings, "UP_MEMBERS", [])]

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        # Read through a pipe, by deploy/run and by people: a line must not wait for the buffer.
        self.stdout.flush()


def _require_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As gunicorn does: a port in TIME_WAIT after a restart is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Port {port} on {host} cannot be used: {error.strerror}. Choose another: --port."
        ) from None
