"""Importing this registers every tool."""

from crm_site.mcp.tools import asking, finding, knowing, searching, writing

__all__ = ["asking", "finding", "knowing", "searching", "writing"]
