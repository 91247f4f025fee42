"""How values look on a page: money, dates, people, shares, stages. Templates load it with `{% load crm %}`."""

from __future__ import annotations

import datetime as dt
import functools
import zlib
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from django import template
from django.contrib.messages.storage.base import Message
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags import heroicons

from crm_site.core import scope

register = template.Library()

SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "AUD": "A$", "CAD": "C$"}
NOTHING: Final = mark_safe('<span class="faint">–</span>')
# From which amount on a letter is used: 999,500 would round to "1000k", so it is "1m" already.
STEPS: Final = (
    (Decimal("999500000"), Decimal(10) ** 9, "bn"),
    (Decimal("999500"), Decimal(10) ** 6, "m"),
    (Decimal("1000"), Decimal(10) ** 3, "k"),
)
HUES: Final = 8

# Which entry of the navigation a page belongs to, when it is not the entry itself.
NAV_OF_NAMESPACE: Final = {
    "investors": "home:grid",
    "contacts": "contacts:list",
    "communications": "communications:list",
    "intake": "intake:inbox",
    "nlquery": "nlquery:ask",
    "search": "search:search",
    "accounts": "accounts:settings",
}
NAV_OF_WORD: Final = (("fund", "investors:funds"), ("reminder", "communications:reminders"))


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _sign(currency: str) -> str:
    code = (currency or "").upper()
    return SYMBOLS.get(code, f"{code} " if code else "")


def _short(number: Decimal) -> str:
    """2500000 -> 2.5m; three digits at most, rounded half up."""
    for start, size, letter in STEPS:
        if number >= start:
            scaled = number / size
            places = Decimal("0.01") if scaled < 10 else Decimal("0.1") if scaled < 100 else Decimal("1")
            text = f"{scaled.quantize(places, ROUND_HALF_UP):f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) + letter
    text = f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
    return text.removesuffix(".00")


@register.filter
def money_full(value: object, currency: str = "") -> str:
    """`$2,500,000` or `$2,500,000.50`; a dash when there is no amount."""
    number = _decimal(value)
    if number is None:
        return "–"
    text = f"{abs(number).quantize(Decimal('0.01'), ROUND_HALF_UP):,f}".removesuffix(".00")
    return f"{'−' if number < 0 else ''}{_sign(currency)}{text}"


@register.filter
def money_short(value: object, currency: str = "") -> str:
    """`$2.5m`, as plain text; a dash when there is no amount."""
    number = _decimal(value)
    if number is None:
        return "–"
    return f"{'−' if number < 0 else ''}{_sign(currency)}{_short(abs(number))}"


@register.filter
def money(value: object, currency: str = "") -> SafeString:
    """`$2.5m`, with the full amount in the title; a faint dash when there is no amount."""
    if _decimal(value) is None:
        return NOTHING
    full, short = money_full(value, currency), money_short(value, currency)
    return format_html('<span class="money" title="{}">{}</span>', full, short)


@register.filter
def pct(value: object, of: object = None) -> int:
    """A whole percentage in 0..100, for `<progress>` and SVG widths: of a share in 0..1, or of `value` in `of`."""
    number, whole = _decimal(value), _decimal(of)
    if number is None:
        return 0
    if of is not None:
        if not whole:
            return 0
        number = number / whole
    share = (number * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return int(min(max(share, Decimal(0)), Decimal(100)))


def _zone() -> dt.tzinfo:
    """The organization's zone; outside a scope (an error page) the server's."""
    return timezone.get_current_timezone() if scope.current_id_or_none() is None else scope.zone()


def _today() -> dt.date:
    return timezone.now().astimezone(_zone()).date()


def _local(value: dt.datetime) -> dt.datetime:
    return value.astimezone(_zone()) if timezone.is_aware(value) else value


def _day_words(days: int) -> str | None:
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return f"in {days} days"
    if -7 < days < -1:
        return f"{-days} days ago"
    return None


def _short_date(day: dt.date, today: dt.date) -> str:
    text = f"{day.day} {day:%b}"
    return text if day.year == today.year else f"{text} {day.year}"


def _clock_words(seconds: float) -> str | None:
    """Words for less than six hours either way; further off, the day says more."""
    minutes = round(abs(seconds) / 60)
    if minutes < 1:
        return "just now"
    if minutes >= 360:
        return None
    size = f"{minutes} min" if minutes < 60 else f"{minutes // 60} h"
    return f"in {size}" if seconds > 0 else f"{size} ago"


@register.filter
def reldate(value: dt.date | dt.datetime | None) -> SafeString:
    """A `<time>`: near dates in words ("yesterday", "in 3 days"), others short; the exact one in the title.

    Instants are shown on the organization's clock.
    """
    if not value:
        return NOTHING
    today = _today()
    if isinstance(value, dt.datetime):
        local = _local(value)
        away = (value - timezone.now()).total_seconds() if timezone.is_aware(value) else None
        words = _clock_words(away) if away is not None else None
        day, stamp, exact = local.date(), local.isoformat(), f"{local:%A} {local.day} {local:%B %Y, %H:%M}"
    else:
        words, day, stamp = None, value, value.isoformat()
        exact = f"{value:%A} {value.day} {value:%B %Y}"
    text = words or _day_words((day - today).days) or _short_date(day, today)
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, exact, text)


@register.filter
def due_class(value: dt.date | None) -> str:
    """`is-overdue` before today, `is-today` on the day, else nothing."""
    if not value:
        return ""
    day = _local(value).date() if isinstance(value, dt.datetime) else value
    today = _today()
    return "is-overdue" if day < today else "is-today" if day == today else ""


@register.filter
def initials(value: object) -> str:
    """Two letters at most: first and last word of a name, or the start of an e-mail address."""
    text = str(value or "").split("@")[0].replace(".", " ").replace("_", " ")
    words = [word for word in text.split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])
    return letters.upper()


@register.filter
def hue(value: object) -> int:
    """A steady colour number in 0..7 for a name (avatars, tags): `data-hue="{{ name|hue }}"`."""
    return zlib.crc32(str(value or "").encode("utf-8", "replace")) % HUES


@register.filter
def stage_hue(position: object) -> int:
    """The colour number of an open stage by its place in the line; places may be 1, 2, 3 or 10, 20, 30."""
    number = _decimal(position)
    if number is None:
        return 0
    place = int(number)
    if place >= 10 and place % 10 == 0:
        place //= 10
    return min(max(place, 0), HUES - 1)


@register.filter
def confidence_level(value: object) -> str:
    """`high` from 0.85, `mid` from 0.6, else `low`."""
    number = _decimal(value) or Decimal(0)
    return "high" if number >= Decimal("0.85") else "mid" if number >= Decimal("0.6") else "low"


@register.filter
def undo_url(message: Message) -> str:
    """The address that takes the act back, from `messages.success(…, extra_tags="undo:/path/")`."""
    for tag in (message.extra_tags or "").split():
        path = tag.removeprefix("undo:")
        # "//evil.example" and "/\evil.example" would post the CSRF token to another host.
        if path != tag and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
            return path
    return ""


@register.filter
def field_kind(bound_field: Any) -> str:
    """`check`, `group` (several check boxes), `select`, `textarea` or `input`: how `_parts/field.html` lays a form field out."""
    widget = bound_field.field.widget
    if getattr(widget, "allow_multiple_selected", False) and widget.use_fieldset:
        return "group"
    kind = str(getattr(widget, "input_type", "textarea"))
    return {"checkbox": "check", "select": "select", "textarea": "textarea"}.get(kind, "input")


@register.filter
def control(bound_field: Any) -> SafeString:
    """The form control, told to assistive technology as wrong when it is, and by which text."""
    attrs: dict[str, str] = {}
    ids = []
    if bound_field.help_text:
        ids.append(f"{bound_field.id_for_label}-hint")
    if bound_field.errors:
        attrs["aria-invalid"] = "true"
        ids.append(f"{bound_field.id_for_label}-error")
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    rendered: SafeString = bound_field.as_widget(attrs=attrs)
    return rendered


@functools.lru_cache(maxsize=256)
def _drawn(name: str, kind: str, size: int) -> SafeString:
    draw = {
        "outline": heroicons.heroicon_outline,
        "mini": heroicons.heroicon_mini,
        "solid": heroicons.heroicon_solid,
    }
    attrs = {"stroke_width": "1.6"} if kind == "outline" else {}
    return mark_safe(draw[kind](name, size=size, **attrs))


@register.simple_tag
def icon(name: str, size: int = 20, kind: str = "outline") -> SafeString:
    """An inline icon of heroicons, drawn once per process: their own tag costs 0.3 ms each, 15 ms on a list of 50."""
    # Plain str: the parser passes SafeString, which would be another key of the cache.
    return _drawn(str.__str__(name), str.__str__(kind), size)


@register.simple_tag(takes_context=True)
def nav_current(context: Context, name: str) -> bool:
    """Whether the navigation entry `name` is where the page being shown belongs."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return False
    if match.view_name == name:
        return True
    home = next((entry for word, entry in NAV_OF_WORD if word in (match.url_name or "")), None)
    return name == (home or NAV_OF_NAMESPACE.get(match.namespace))


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """The page's query string with these parameters changed (None drops one), so that filters stay in the URL."""
    request = context.get("request")
    params = request.GET.copy() if request is not None else None
    if params is None:
        return ""
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None and value != "":
            params[key] = str(value)
    return f"?{params.urlencode()}"
