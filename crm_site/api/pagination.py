"""Pages of lists: by cursor, so that a deep page costs no more than the first and none is skipped under writes."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """50 rows a page, at most 200 by `page_size`; `next` and `previous` are addresses to follow."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"
