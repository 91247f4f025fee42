"""How values look on a page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from crm_site.core.scope import scope
from crm_site.core.templatetags import crm

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def text_of(markup: str) -> str:
    return markup.split(">", 1)[1].rsplit("<", 1)[0]


@pytest.mark.parametrize(
    ("amount", "short"),
    [
        (Decimal("2500000"), "$2.5m"),
        (Decimal("12000000.00"), "$12m"),
        (Decimal("999999"), "$1m"),
        (Decimal("960000"), "$960k"),
        (Decimal("1250000"), "$1.25m"),
        (Decimal("999.99"), "$999.99"),
        (Decimal("750000"), "$750k"),
        (Decimal("123456"), "$123k"),
        (Decimal("12340000000"), "$12.3bn"),
        (Decimal("0"), "$0"),
        (Decimal("40"), "$40"),
        (Decimal("-1500"), "−$1.5k"),
    ],
)
def test_money_is_short_in_lists(amount, short):
    assert text_of(crm.money(amount, "USD")) == short
    assert crm.money_short(amount, "USD") == short


def test_money_tells_the_full_amount_in_its_title():
    assert 'title="$2,500,000.50"' in crm.money(Decimal("2500000.50"), "USD")


def test_money_full_names_a_currency_without_a_sign():
    assert crm.money_full(Decimal("1000"), "SEK") == "SEK 1,000"


@pytest.mark.parametrize("nothing", [None, "", "abc", Decimal("NaN"), float("inf")])
def test_no_amount_is_a_dash_and_not_a_zero(nothing):
    assert crm.money_full(nothing, "USD") == crm.money_short(nothing, "USD") == "–"
    assert "–" in crm.money(nothing, "USD")


def test_money_escapes_a_hostile_currency():
    assert "<script>" not in crm.money(Decimal(1), "<script>")


@pytest.mark.parametrize(
    ("value", "whole", "share"),
    [(0.5, None, 50), (30, 40, 75), (80, 40, 100), (-1, 40, 0), (5, 0, 0), (None, 40, 0), (1, "x", 0)],
)
def test_pct_stays_between_nothing_and_all(value, whole, share):
    assert crm.pct(value, whole) == share


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (3, "in 3 days"),
        (-6, "6 days ago"),
        (-7, "14 Nov"),
        (60, "20 Jan 2027"),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_near_dates_are_words_and_far_ones_short(days, words):
    assert text_of(crm.reldate(dt.date(2026, 11, 21) + dt.timedelta(days=days))) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "just now"), (-5, "5 min ago"), (-125, "2 h ago"), (30, "in 30 min"), (-359, "5 h ago")],
)
@time_machine.travel(NOON, tick=False)
def test_near_instants_count_minutes_and_hours(minutes, words):
    assert text_of(crm.reldate(NOON + dt.timedelta(minutes=minutes))) == words


@time_machine.travel(NOON, tick=False)
def test_reldate_keeps_the_exact_instant_in_its_title():
    assert 'title="Friday 20 November 2026, ' in crm.reldate(NOON - dt.timedelta(days=1))


@time_machine.travel(NOON, tick=False)
def test_the_day_is_the_day_of_the_organization_not_of_the_server():
    """21:00 in London on the 20th is already the 21st in Auckland."""
    evening = dt.datetime(2026, 11, 20, 21, 0, tzinfo=dt.UTC)
    with scope(SimpleNamespace(id=1, time_zone="Pacific/Auckland")):
        # Noon in London is one in the morning of the 22nd there, so the evening before was "yesterday".
        assert text_of(crm.reldate(evening)) == "yesterday"
        assert "Saturday 21 November 2026, 10:00" in crm.reldate(evening)
        assert crm.due_class(dt.date(2026, 11, 21)) == "is-overdue"


@time_machine.travel(NOON, tick=False)
def test_due_class_tells_overdue_from_today():
    today = dt.date(2026, 11, 21)
    classes = [crm.due_class(today + dt.timedelta(days=n)) for n in (-1, 0, 1)]
    assert classes == ["is-overdue", "is-today", ""]
    assert crm.due_class(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Mara Lind", "ML"),
        ("Alder & Finch Family Office", "AO"),
        ("mara.lind@borealis.example", "ML"),
        ("Bono", "BO"),
        ("李", "李"),
        ("", "?"),
        (None, "?"),
        ("& —", "?"),
    ],
)
def test_initials_are_two_letters_at_most(name, letters):
    assert crm.initials(name) == letters


def test_hue_is_steady_and_within_the_palette():
    assert crm.hue("Mara Lind") == crm.hue("Mara Lind")
    assert {crm.hue(str(n)) for n in range(200)} == set(range(8))


def test_stage_hue_accepts_positions_by_ones_and_by_tens():
    assert [crm.stage_hue(n) for n in (1, 3, 30, 90, None)] == [1, 3, 3, 7, 0]


def test_undo_address_must_be_on_this_host():
    def undo(tags):
        return crm.undo_url(SimpleNamespace(extra_tags=tags))

    assert undo("undo:/trash/5/restore/") == "/trash/5/restore/"
    assert undo("undo://evil.example/") == ""
    assert undo("undo:/\\evil.example/") == ""
    assert undo("undo:https://evil.example/") == ""
    assert undo("") == ""


class NameForm(forms.Form):
    name = forms.CharField(max_length=3, help_text="Short.")
    sure = forms.BooleanField(required=False)


def render(source: str, **context: object) -> str:
    return Template("{% load crm %}" + source).render(Context(context))


def test_a_wrong_field_names_its_error_to_assistive_technology():
    page = render('{% include "_parts/form.html" %}', form=NameForm({"name": "<b>long"}))
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name-hint id_name-error"' in page
    assert 'id="id_name-error"' in page
    assert "<b>" not in page


def test_a_checkbox_stands_before_its_label():
    page = render('{% include "_parts/field.html" %}', field=NameForm()["sure"])
    assert page.index("<input") < page.index("<label")


def test_query_with_changes_one_parameter_and_keeps_the_filters():
    request = RequestFactory().get("/grid/?stage=a&stage=b&page=3&q=x+y")
    page = render("{% query_with page=4 q=None %}", request=request)
    assert page == "?stage=a&amp;stage=b&amp;page=4"


@pytest.mark.parametrize(
    ("view_name", "entry"),
    [
        ("investors:detail", "home:grid"),
        ("investors:fund_detail", "investors:funds"),
        ("communications:reminder_tick", "communications:reminders"),
        ("contacts:detail", "contacts:list"),
        ("home:pipeline", "home:pipeline"),
    ],
)
def test_a_record_page_lights_the_entry_it_belongs_to(view_name, entry):
    namespace, url_name = view_name.split(":")
    match = SimpleNamespace(view_name=view_name, namespace=namespace, url_name=url_name)
    context = Context({"request": SimpleNamespace(resolver_match=match)})
    entries = ["home:grid", "investors:funds", "communications:reminders", "contacts:list", "home:pipeline"]
    assert [name for name in entries if crm.nav_current(context, name)] == [entry]


def test_an_icon_is_drawn_once_and_keeps_its_size():
    crm._drawn.cache_clear()
    pages = [render('{% icon "bell" 20 %}{% icon "bell" 16 "mini" %}') for _ in range(3)]
    assert 'width="20"' in pages[0] and 'width="16"' in pages[0]
    assert len(set(pages)) == 1
    assert crm._drawn.cache_info().misses == 2
