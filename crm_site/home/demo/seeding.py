"""Fills an organization with the demo: its people, its funds, its investors and what was said, in one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crm_site.accounts import members, permissions
from crm_site.accounts.models import Membership, Organization
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.accounts.services import members as team
from crm_site.audit import services as audit
from crm_site.communications import services as communications
from crm_site.core import clock, naming, scope, unit
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import Conflict
from crm_site.home.demo import cast, changes, setting
from crm_site.home.demo.load import Loader, Standing
from crm_site.home.demo.phrases import words
from crm_site.home.demo.setting import Setting
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, Tag

#: Up to this many investors each gets its own entry in the log; beyond, one entry stands for the whole load.
LOGGED_ONE_BY_ONE = 1000
Say = Callable[[str], None]


class HasInvestors(Conflict):
    """The organization has investors: invented ones among them could not be told apart any more."""

    code = "has_investors"


class StagesChanged(Conflict):
    """The demo tells its story in the stages every raise starts with, and some of them are gone."""

    code = "stages_changed"


@dataclass(frozen=True)
class Wish:
    """What was asked for. today: the day the story ends on; None is the organization's today."""

    investors: int = 400
    seed: int = 1
    today: date | None = None
    append: bool = False


@unit.atomic
def seed(*, actor: Actor, wish: Wish, say: Say) -> dict[str, int]:
    """Write the demo into the organization in scope; returns how many rows of each kind. All of it or nothing.

    Raises HasInvestors, StagesChanged.
    """
    permissions.require(actor, Verb.IMPORT, Verb.MANAGE_MEMBERS, Verb.MANAGE_FUNDS)
    if Investor.all_objects.exists() and not wish.append:
        raise HasInvestors(
            "This organization has investors already. Add --append to put the demo beside them."
        )
    say("Colleagues, funds and stages …")
    here = _setting(wish)
    loader = Loader(_standing(actor, here))
    casting = cast.Casting(here, _taken())
    written = 0
    logged: list[int] = []
    for block in casting.blocks():
        ids = loader.write(block)
        written += len(ids)
        if wish.investors <= LOGGED_ONE_BY_ONE:
            logged += ids
        if written % 2000 == 0 or written == wish.investors:
            say(
                f"{written:,} of {wish.investors:,} investors, {loader.counts['communication']:,} communications …"
            )
    say("Statistics, last activity, next steps, stages and totals …")
    loader.finish()
    investors.refresh_pipeline(actor=actor)
    communications.refresh_activity(actor=actor)
    counts = {f"{name}s".replace("ys", "ies"): count for name, count in loader.counts.items()}
    _log(actor, logged, wish, counts)
    if wish.investors <= LOGGED_ONE_BY_ONE:
        say("The last few changes, by hand …")
        changes.make(_actors(actor), here, logged)
    return counts


def _setting(wish: Wish) -> Setting:
    today = wish.today or clock.today()
    currency = str(scope.current().currency)
    return Setting(
        today=today, zone=scope.zone(), currency=currency, seed=wish.seed, investors=wish.investors,
        funds=setting.funds(today, currency, wish.investors),
    )  # fmt: skip


def _taken() -> set[str]:
    """Names that stand already, when the demo comes beside others."""
    return set(Investor.all_objects.values_list("name_key", flat=True).iterator(chunk_size=5000))


def _standing(actor: Actor, here: Setting) -> Standing:
    stages = {stage.key: stage for stage in investors.make_default_stages(actor=actor)}
    lacking = [key for key in ("prospect", "contacted", "meeting", "diligence", "soft_circle", "committed", "closed", "passed") if key not in stages]  # fmt: skip
    if lacking:
        raise StagesChanged(
            f"The demo needs the stages {', '.join(lacking)}, which this organization does not have."
        )
    return Standing(
        organization_id=actor.organization_id,
        member_ids=_team(actor),
        funds=_funds(actor, here),
        stages=stages,
        tags=_tags(actor),
        now=clock.start_of(here.today) + timedelta(hours=8),
    )


def _team(actor: Actor) -> list[int]:
    """Ids of the writers, then of the owner. Colleagues are made once; nobody knows their passwords."""
    slug = getattr(scope.current(), "slug", "demo")
    known = {membership.user.email: membership.user_id for membership in Membership.objects.everyone()}
    ids: list[int] = []
    for name, role, writes in (*setting.COLLEAGUES, (setting.BOT, Role.BOT, False)):
        email = f"{naming.person_key(name).replace(' ', '.')}@{slug}.example"
        if email not in known:
            known[email] = team.add_member(actor=actor, email=email, role=role, name=name).membership.user_id
        if writes:
            ids.append(known[email])
    owner = Membership.objects.with_role(Role.OWNER).first()
    return [*ids, owner.user_id if owner else ids[0]]


def _funds(actor: Actor, here: Setting) -> list[Fund]:
    found = []
    for plan in here.funds:
        fund = Fund.objects.filter(name_key=naming.fold(plan.name)).first()
        found.append(
            fund
            or investors.create_fund(
                actor=actor, name=plan.name, target=plan.target, currency=plan.currency, opens_on=plan.opens_on,
                closes_on=plan.closes_on, description=plan.description,
            )
        )  # fmt: skip
    return found


def _tags(actor: Actor) -> dict[str, Tag]:
    keys = {naming.fold(name): name for name in words.TAGS}
    known = {tag.key: tag for tag in Tag.objects.filter(key__in=keys)}
    for key in sorted(keys.keys() - known.keys()):
        known[key] = Tag.objects.create(organization_id=actor.organization_id, name=keys[key], key=key)
    return known


def _log(actor: Actor, ids: list[int], wish: Wish, counts: dict[str, int]) -> None:
    organization = Organization.objects.get(pk=actor.organization_id)
    details = {"seed": wish.seed, "investors": wish.investors, "rows": counts}
    audit.record(actor=actor, action="demo.seeded", subject=organization, details=details)
    for investor in Investor.objects.filter(pk__in=ids).order_by("id"):
        values = {
            "name": investor.name,
            "type": investor.type,
            "location": investor.location,
            "website": investor.website,
        }
        audit.record(actor=actor, action="investor.created", subject=investor, changes=audit.fresh(values))


def _actors(actor: Actor) -> list[Actor]:
    """The writers as actors, by the web: the last changes are theirs."""
    people = {user.name: user for user in members.team()}
    found = []
    for name, role, writes in setting.COLLEAGUES:
        if writes and name in people:
            found.append(replace(actor, role=role, door=Door.WEB, user_id=people[name].pk, label=name))
    return found
