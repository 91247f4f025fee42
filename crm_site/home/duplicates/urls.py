"""Addresses of duplicates."""

from __future__ import annotations

from django.urls import URLPattern, path

from crm_site.home.duplicates import kinds, views

app_name = "duplicates"
urlpatterns: list[URLPattern] = [
    path("", views.pairs, name="list"),
    path("look/", views.look, name="look"),
    path("merges/", views.merges, name="merges"),
    path("merges/<int:merge_id>/", views.merge, name="merge"),
    path("merges/<int:merge_id>/undo/", views.unmerge, name="unmerge"),
]
for _kind in kinds.ALL:
    _pair, _own = f"{_kind.plural}/<int:left_id>/<int:right_id>/", {"kind": _kind}
    urlpatterns += [
        path(f"{_kind.plural}/<int:record_id>/", views.choose, _own, name=f"{_kind.key}_choose"),
        path(_pair, views.compare, _own, name=f"{_kind.key}_compare"),
        path(f"{_pair}apart/", views.tell_apart, _own, name=f"{_kind.key}_apart"),
        path(f"{_pair}allow/", views.allow_again, _own, name=f"{_kind.key}_allow"),
    ]
