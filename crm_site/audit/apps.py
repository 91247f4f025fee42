from django.apps import AppConfig

from crm_site.audit import triggers as audit_triggers
from crm_site.core import triggers


class AuditConfig(AppConfig):
    name = "crm_site.audit"
    label = "audit"

    def ready(self) -> None:
        triggers.register(*audit_triggers.TRIGGERS)
        triggers.connect(self)
