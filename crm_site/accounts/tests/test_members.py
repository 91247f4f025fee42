"""Members, roles and passwords, through the services."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from crm_site.accounts import services
from crm_site.accounts.models import MatrixIdentity, Membership, Organization, User
from crm_site.accounts.permissions import NotAllowed
from crm_site.accounts.roles import Role
from crm_site.audit import reading
from crm_site.audit.models import AuditEvent
from crm_site.core import scope
from crm_site.core.errors import Conflict, CrmError, Forbidden, Invalid, NotFound
from crm_site.investors.models import Investor
from crm_site.tests import cast
from crm_site.work.tests.drain import drain


def acts(membership):
    return cast.actor_of(membership)


def actions():
    return list(AuditEvent.objects.in_chain_order().values_list("action", flat=True))


def test_a_new_member_gets_a_one_time_password_that_works(admin):
    made = services.add_member(
        actor=acts(admin), email=" Nina@Firm.example ", name="Nina", role=Role.ASSOCIATE
    )
    assert made.membership.user.email == "nina@firm.example"
    assert User.objects.get(pk=made.membership.user_id).check_password(made.password)
    assert actions()[-1] == "member.added"


def test_the_log_seals_name_and_address_of_a_new_member(admin):
    services.add_member(actor=acts(admin), email="nina@firm.example", name="Nina", role=Role.VIEWER)
    event = AuditEvent.objects.newest_first().first()
    assert "nina@firm.example" not in event.text
    [line] = reading.lines([event])
    assert ("email", None, "nina@firm.example") in line.changes


def test_somebody_known_elsewhere_keeps_name_and_password(admin, stranger):
    made = services.add_member(actor=acts(admin), email="SVEN@elsewhere.example", name="X", role=Role.VIEWER)
    assert made.password is None
    assert made.membership.user_id == stranger.user_id
    stranger.user.refresh_from_db()
    assert stranger.user.name == "Sven Stranger"
    assert stranger.user.check_password(cast.PASSWORD)


def test_nobody_is_a_member_twice(admin, viewer):
    with pytest.raises(services.AlreadyMember):
        services.add_member(actor=acts(admin), email=viewer.user.email.upper(), role=Role.ADMIN)


@pytest.mark.parametrize("email", ["", "no", "a@b", "x" * 260 + "@a.example", "a\x00@"])
def test_a_bad_address_is_refused_at_its_field(admin, email):
    with pytest.raises(Invalid) as refused:
        services.add_member(actor=acts(admin), email=email, name="N", role=Role.VIEWER)
    assert "email" in refused.value.fields


def test_a_bot_has_no_password(admin):
    made = services.add_member(actor=acts(admin), email="b@firm.example", name="Bot", role=Role.BOT)
    assert made.password is None
    assert not made.membership.user.has_usable_password()
    with pytest.raises(Conflict):
        services.issue_password(actor=acts(admin), membership=made.membership)


@pytest.mark.parametrize("role", ["viewer", "associate", "partner", "bot"])
def test_only_admins_manage_members(house, viewer, role):
    actor = acts(cast.make_member(house, role))
    for attempt in (
        lambda: services.add_member(actor=actor, email="n@firm.example", name="N", role="viewer"),
        lambda: services.change_role(actor=actor, membership=viewer, role="associate"),
        lambda: services.deactivate_member(actor=actor, membership=viewer),
        lambda: services.issue_password(actor=actor, membership=viewer),
        lambda: services.link_matrix_identity(actor=actor, membership=viewer, mxid="@v:x.example"),
        lambda: services.create_api_key(actor=actor, membership=viewer, name="k"),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_nobody_gives_a_role_above_their_own(admin, viewer):
    with pytest.raises(NotAllowed):
        services.add_member(actor=acts(admin), email="n@firm.example", name="N", role=Role.OWNER)
    with pytest.raises(NotAllowed):
        services.change_role(actor=acts(admin), membership=viewer, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        services.change_role(actor=acts(admin), membership=admin, role=Role.OWNER)


def test_an_admin_cannot_touch_an_owner(admin, owner):
    cast.make_member(role=Role.OWNER)
    for attempt in (
        lambda: services.change_role(actor=acts(admin), membership=owner, role=Role.VIEWER),
        lambda: services.deactivate_member(actor=acts(admin), membership=owner),
        lambda: services.issue_password(actor=acts(admin), membership=owner),
        lambda: services.link_matrix_identity(actor=acts(admin), membership=owner, mxid="@me:x.example"),
        lambda: services.create_api_key(actor=acts(admin), membership=owner, name="mine"),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_the_last_owner_stays(owner):
    with pytest.raises(services.LastOwner):
        services.change_role(actor=acts(owner), membership=owner, role=Role.ADMIN)
    with pytest.raises(services.LastOwner):
        services.deactivate_member(actor=acts(owner), membership=owner)
    other = cast.make_member(role=Role.OWNER)
    services.deactivate_member(actor=acts(owner), membership=other)
    with pytest.raises(services.LastOwner):
        services.change_role(actor=acts(owner), membership=owner, role=Role.ADMIN)


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_at_once_do_not_both_succeed():
    house = cast.make_organization()
    one, two = (cast.make_member(house, Role.OWNER) for _ in range(2))
    start = threading.Barrier(2)
    refused = []

    def demote(who, whom):
        try:
            with scope.scope(house):
                start.wait()
                services.change_role(actor=acts(who), membership=whom, role=Role.ADMIN)
        except CrmError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # By whichever rule comes first: the other is the last owner, or I am an admin by now and may not.
    assert refused in (["last_owner"], ["not_allowed"])
    assert Membership.unscoped.filter(organization=house, role=Role.OWNER).count() == 1


def test_a_change_of_role_is_logged_old_and_new(owner, viewer):
    services.change_role(actor=acts(owner), membership=viewer, role=Role.PARTNER)
    [line] = reading.lines(AuditEvent.objects.newest_first()[:1])
    assert (line.action, line.changes) == ("member.role_changed", [("role", "viewer", "partner")])
    assert Membership.objects.get(pk=viewer.pk).role == Role.PARTNER


def test_the_admins_door_opens_and_closes_with_the_role(owner, viewer):
    services.change_role(actor=acts(owner), membership=viewer, role=Role.ADMIN)
    assert User.objects.get(pk=viewer.user_id).is_staff
    services.change_role(actor=acts(owner), membership=viewer, role=Role.VIEWER)
    assert not User.objects.get(pk=viewer.user_id).is_staff


def test_a_former_member_comes_back_with_their_role(owner, partner):
    services.deactivate_member(actor=acts(owner), membership=partner)
    assert not Membership.objects.active().filter(pk=partner.pk).exists()
    services.reactivate_member(actor=acts(owner), membership=partner)
    assert Membership.objects.active().get(pk=partner.pk).role == Role.PARTNER
    assert actions()[-2:] == ["member.deactivated", "member.reactivated"]


def test_members_of_another_organization_do_not_exist(owner, stranger):
    for attempt in (
        lambda: services.change_role(actor=acts(owner), membership=stranger, role=Role.VIEWER),
        lambda: services.deactivate_member(actor=acts(owner), membership=stranger),
        lambda: services.issue_password(actor=acts(owner), membership=stranger),
        lambda: services.create_api_key(actor=acts(owner), membership=stranger, name="k"),
        lambda: services.link_matrix_identity(actor=acts(owner), membership=stranger, mxid="@s:x.example"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_an_admin_cannot_set_the_password_of_somebody_who_is_elsewhere_too(admin, stranger):
    made = services.add_member(actor=acts(admin), email=stranger.user.email, role=Role.VIEWER)
    with pytest.raises(services.BelongsElsewhere):
        services.issue_password(actor=acts(admin), membership=made.membership)
    stranger.user.refresh_from_db()
    assert stranger.user.check_password(cast.PASSWORD)


def test_changing_a_password_needs_the_present_one_and_keeps_the_rules(viewer):
    actor = acts(viewer)
    with pytest.raises(Invalid) as refused:
        services.change_password(actor=actor, user=viewer.user, current="wrong", new="quiet river stones")
    assert "current" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        services.change_password(actor=actor, user=viewer.user, current=cast.PASSWORD, new="password")
    assert "new" in refused.value.fields
    services.change_password(actor=actor, user=viewer.user, current=cast.PASSWORD, new="quiet river stones")
    assert User.objects.get(pk=viewer.user_id).check_password("quiet river stones")
    assert actions()[-1] == "user.password_changed"


def test_a_password_and_a_name_belong_to_their_user_whatever_the_role(owner, viewer):
    with pytest.raises(Forbidden):
        services.change_password(
            actor=acts(owner), user=viewer.user, current=cast.PASSWORD, new="quiet river"
        )
    with pytest.raises(Forbidden):
        services.edit_profile(actor=acts(owner), user=viewer.user, name="X")


def test_a_matrix_id_stands_for_one_member(admin, viewer, associate):
    services.link_matrix_identity(actor=acts(admin), membership=viewer, mxid="@victor:harbor.example")
    with pytest.raises(services.IdentityTaken):
        services.link_matrix_identity(actor=acts(admin), membership=associate, mxid="@victor:harbor.example")
    row = MatrixIdentity.objects.get()
    services.unlink_matrix_identity(actor=acts(admin), identity=row)
    assert not MatrixIdentity.objects.exists()
    assert actions()[-2:] == ["matrix_identity.linked", "matrix_identity.unlinked"]


@pytest.mark.parametrize(
    "mxid", ["", "victor", "@victor", "@Victor:x.example", "@v:x example", "@v\n:x.example"]
)
def test_what_is_no_matrix_id_is_refused(admin, viewer, mxid):
    with pytest.raises(Invalid):
        services.link_matrix_identity(actor=acts(admin), membership=viewer, mxid=mxid)


def test_an_organization_is_edited_by_its_admins_only(admin, partner, house):
    with pytest.raises(NotAllowed):
        services.edit_organization(actor=acts(partner), organization=house, values={"name": "X"})
    services.edit_organization(
        actor=acts(admin), organization=house, values={"name": "Harbor", "time_zone": "Europe/Berlin"}
    )
    house.refresh_from_db()
    assert (house.name, house.time_zone) == ("Harbor", "Europe/Berlin")
    assert actions()[-1] == "organization.edited"


def test_another_organization_cannot_be_edited(admin, stranger):
    with pytest.raises(NotFound):
        services.edit_organization(
            actor=acts(admin), organization=stranger.organization, values={"name": "X"}
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("time_zone", "../etc/passwd"), ("currency", "dollars"), ("name", "")],
)
def test_unusable_settings_are_refused_at_their_field(admin, house, field, value):
    with pytest.raises(Invalid) as refused:
        services.edit_organization(actor=acts(admin), organization=house, values={field: value})
    assert field in refused.value.fields


def test_a_new_currency_recomputes_the_totals(admin, house):
    fund = cast.make_fund(currency="EUR")
    opportunity = cast.make_opportunity(fund=fund, expected="100")
    assert Investor.objects.get(pk=opportunity.investor_id).expected_total == 0
    services.edit_organization(actor=acts(admin), organization=house, values={"currency": "EUR"})
    drain()
    assert Investor.objects.get(pk=opportunity.investor_id).expected_total == 100


def test_a_short_name_is_taken_once(db):
    services.create_organization(name="Quarry Lane", time_zone="UTC", currency="usd")
    assert Organization.objects.get().slug == "quarry-lane"
    with pytest.raises(Conflict):
        services.create_organization(name="Quarry  Lane")
