"""`manage.py verify_audit`: walks the chains and says whether they are whole."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_site.audit import anchors, reading
from crm_site.audit.models import AuditHead

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Walk every organization's audit chain and say whether it is whole. Exit code 1 if not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", type=int, help="id of one organization")

    def handle(self, *args: Any, **options: Any) -> None:
        # Unscoped: the command checks all organizations of this installation.
        heads = AuditHead.unscoped.order_by("organization_id")
        if options["org"]:
            heads = heads.filter(organization_id=options["org"])
        broken = 0
        for head in heads:
            faults = [*reading.verify(head.organization_id), *anchors.verify(head.organization_id)]
            broken += len(faults)
            for fault in faults[:MOST_SHOWN]:
                self.stdout.write(f"organization {head.organization_id}, entry {fault.sequence}: {fault.why}")
            if not faults:
                self.stdout.write(f"organization {head.organization_id}: {head.sequence} entries, whole")
        if broken:
            raise CommandError(
                f"{broken} faults found: the log was tampered with, or the AUDIT_KEY is another one."
            )
