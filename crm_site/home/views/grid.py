"""The fundraising grid."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.core import clock
from crm_site.core.errors import Conflict, Invalid, NotFound, StaleEdit
from crm_site.home import doors
from crm_site.home.grid import asked as asking
from crm_site.home.grid import cells, columns, editing, export, reading, rows, standing
from crm_site.home.grid.columns import Column
from crm_site.home.grid.rows import Row
from crm_site.investors.choices import InvestorType
from crm_site.relations import vocabulary
from crm_site.relations.vocabulary import Vocabulary

COLUMNS_KEY = "grid_columns"


@doors.page
@require_GET
def grid(request: MemberRequest) -> HttpResponse:
    """A page of the grid."""
    asked, words = asking.read(request.GET), vocabulary.read()
    shown = _columns(request, words)
    found = reading.read(asked, shown, words, request.actor.user_id)
    sheet = cells.sheet_for(request.actor, shown, words, request.organization.currency, asked.fund)
    may_pick = any(permissions.may(request.actor, verb) for verb in (Verb.EDIT_INVESTOR, Verb.MOVE_STAGE))
    sums = found.sums
    if sums is None and request.GET.get("totals"):
        sums = reading.sums(asked, words, request.actor.user_id)
    context = {
        "asked": asked,
        "words": words,
        "types": InvestorType.choices,
        "stale_days": asking.STALE_DAYS,
        "steps": asking.STEPS,
        "heads": [_head(column, asked) for column in (columns.NAME, *shown)],
        "choices": _choices(shown, words),
        "lines": [cells.line(row, sheet, may_pick=may_pick) for row in found.rows],
        "page": found.page,
        "found": found.count,
        "totals": cells.totals(sums, found.count, sheet) if sums is not None else "",
        "width": len(shown) + 1,
        "may_pick": may_pick,
        "query": asked.query(),
        "kept": parse_qsl(asked.query(page=1)),
    }
    return render(request, "home/grid.html", context)


@doors.page
@require_GET
def totals(request: MemberRequest) -> HttpResponse:
    """The last line alone, for a grid of several pages: it has to add up every row, so the page does not wait for it."""
    asked, words = asking.read(request.GET), vocabulary.read()
    sheet = cells.sheet_for(
        request.actor, _columns(request, words), words, request.organization.currency, asked.fund
    )
    sums = reading.sums(asked, words, request.actor.user_id)
    count = reading.count(asked, words, request.actor.user_id)
    return HttpResponse(cells.totals(sums, count, sheet))


@doors.page
@require_http_methods(["GET", "POST"])
def cell(request: MemberRequest, investor_id: int, key: str) -> HttpResponse:
    """One cell: its editor, or what was typed into it."""
    asked, words = asking.read(request.GET), vocabulary.read()
    column = _column(key, words)
    sheet = cells.sheet_for(request.actor, [column], words, request.organization.currency, asked.fund)
    permissions.require(request.actor, cells.VERBS[column.field])
    row = _row(investor_id, column, words)
    if request.method == "GET":
        return _editor(request, editing.editor(row, column, sheet), 200)
    if request.POST.get("choice") == "theirs":
        return _fresh(investor_id, column, sheet)
    value, fund = request.POST.get("value", ""), asking.read(request.POST).fund
    edit = editing.Edit(request.actor, row, column, sheet, value, _version(request), fund)
    try:
        editing.save(edit)
    except StaleEdit as error:
        return _conflict(request, edit, error)
    except (Invalid, Conflict) as error:
        said = next((text for text in error.fields.values() if isinstance(text, str)), error.message)
        shown = editing.editor(row, column, sheet, value=value, error=said, fund=fund)
        return _editor(request, shown, 422)
    return _fresh(investor_id, column, sheet)


@doors.page
@require_GET
def export_csv(request: MemberRequest) -> HttpResponseBase:
    """All pages of the grid, as a file for a spreadsheet."""
    permissions.require(request.actor, Verb.EXPORT)
    asked, words = asking.read(request.GET), vocabulary.read()
    shown = _columns(request, words)
    lines = export.lines(request.organization, asked, shown, words, request.actor.user_id)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="investors-{clock.today().isoformat()}.csv"'
    return answer


def _columns(request: MemberRequest, words: Vocabulary) -> list[Column]:
    """Those of the address; else those the member chose last."""
    named = [key for part in request.GET.getlist("cols") for key in part.split(",")]
    if not named:
        kept = request.session.get(COLUMNS_KEY)
        return columns.chosen(kept if isinstance(kept, list) else [], words)
    shown = columns.chosen(named, words)
    keys = [column.key for column in shown]
    if request.session.get(COLUMNS_KEY) != keys:
        request.session[COLUMNS_KEY] = keys
    return shown


def _column(key: str, words: Vocabulary) -> Column:
    column = next((one for one in columns.chosen([key], words) if one.key == key), None)
    if column is None or column.field not in editing.EDITABLE:
        raise NotFound("There is no such cell.")
    return column


def _row(investor_id: int, column: Column, words: Vocabulary) -> Row:
    found = rows.some([investor_id], [column], words)
    if not found:
        raise NotFound("The investor is not on the grid any more.")
    return found[0]


def _version(request: HttpRequest) -> int | None:
    word = request.POST.get("version", "")
    # The script sends 0 for a cell that had no record yet.
    return (int(word) or None) if word.isascii() and word.isdecimal() and len(word) < 10 else None


def _head(column: Column, asked: asking.Asked) -> dict[str, Any]:
    """A column's head: where a click on it leads, and which way it is sorted now."""
    is_sorted = bool(column.sort) and asked.sort == column.sort
    falls = column.numeric or column.key in {"activity", "since"}
    turned = not asked.descending if is_sorted else falls
    way = "" if not is_sorted else "descending" if asked.descending else "ascending"
    href = f"?{asked.query(sort=column.sort, descending=turned, page=1)}" if column.sort else ""
    return {"label": column.label, "numeric": column.numeric, "href": href, "way": way}


def _choices(shown: list[Column], words: Vocabulary) -> list[tuple[Column, bool]]:
    ticked = {column.key for column in shown}
    return [(one, one.key in ticked) for one in (*columns.STANDARD, *columns.fund_columns(words))]


def _editor(request: HttpRequest, shown: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "_parts/cell_editor.html", shown | {"url": request.get_full_path()}, status=status)


def _fresh(investor_id: int, column: Column, sheet: cells.Sheet) -> HttpResponse:
    row = _row(investor_id, column, sheet.words)
    answer = HttpResponse(cells.cell(row, column, sheet))
    version = standing.of(row, column, sheet.words, sheet.fund).version
    if version is not None:
        answer["X-Row-Version"] = str(version)
    return answer


def _conflict(request: HttpRequest, edit: editing.Edit, error: StaleEdit) -> HttpResponse:
    """Both values; when somebody else wrote the very same, there is nothing to choose."""
    if not error.fields:
        return _fresh(edit.row.id, edit.column, edit.sheet)
    row = _row(edit.row.id, edit.column, edit.sheet.words)
    now = standing.of(row, edit.column, edit.sheet.words, edit.sheet.fund)
    context = {
        "url": request.get_full_path(),
        "field": edit.column.key,
        "label": edit.column.label,
        "yours": editing.in_words(edit.column, edit.value, edit.sheet),
        "theirs": editing.in_words(edit.column, now.value, edit.sheet),
        "value": edit.value,
        "version": now.version,
    }
    return render(request, "_parts/cell_conflict.html", context, status=409)
