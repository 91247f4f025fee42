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
from crm_site.relations.services.distinguishing import allow_again, keep_apart
from crm_site.relations.services.joining import KeptApart, merge
from crm_site.relations.services.logging import AmbiguousInvestor, log_by_name
from crm_site.relations.services.parting import (
    AlreadyUnmerged,
    LaterMergeFirst,
    SurvivorDeleted,
    preview_unmerge,
    unmerge,
)

__all__ = [
    "AlreadyUnmerged",
    "AmbiguousInvestor",
    "KeptApart",
    "LaterMergeFirst",
    "NotInTrash",
    "ParentDeleted",
    "RestoreClash",
    "SurvivorDeleted",
    "allow_again",
    "delete_record",
    "keep_apart",
    "log_by_name",
    "merge",
    "preview_unmerge",
    "purge",
    "restore_deletion",
    "restore_record",
    "unmerge",
]
