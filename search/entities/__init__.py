"""Duplicates of investors and contacts: found here, and only proposed. Merging is a service of relations."""
