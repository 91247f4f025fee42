"""Writes that span the nouns: logging by name, deleting and restoring together, purging."""

from crm_site.relations.services.deletion import (
    NotInTrash,
    ParentDeleted,
    RestoreClash,
    delete_record,
    purge,
    restore_deletion,
    restore_record,
)
from crm_site.relations.services.logging import AmbiguousInvestor, log_by_name

__all__ = [
    "AmbiguousInvestor",
    "NotInTrash",
    "ParentDeleted",
    "RestoreClash",
    "delete_record",
    "log_by_name",
    "purge",
    "restore_deletion",
    "restore_record",
]
