"""Every write to investors, funds, stages and opportunities."""

from crm_site.investors.services.derived import refresh_pipeline
from crm_site.investors.services.funds import create_fund, edit_fund
from crm_site.investors.services.investors import (
    AlreadyLive,
    AlreadyRetired,
    add_alias,
    create_investor,
    edit_investor,
    refresh_names,
    retire_investor,
    revive_investor,
    set_tags,
)
from crm_site.investors.services.opportunities import (
    OpportunityExists,
    create_opportunity,
    edit_opportunity,
    move_opportunity,
    move_stage,
    record_interest,
)
from crm_site.investors.services.stages import (
    StageInUse,
    create_stage,
    edit_stage,
    make_default_stages,
    reorder_stages,
)

__all__ = [
    "AlreadyLive",
    "AlreadyRetired",
    "OpportunityExists",
    "StageInUse",
    "add_alias",
    "create_fund",
    "create_investor",
    "create_opportunity",
    "create_stage",
    "edit_fund",
    "edit_investor",
    "edit_opportunity",
    "edit_stage",
    "make_default_stages",
    "move_opportunity",
    "move_stage",
    "record_interest",
    "refresh_names",
    "refresh_pipeline",
    "reorder_stages",
    "retire_investor",
    "revive_investor",
    "set_tags",
]
