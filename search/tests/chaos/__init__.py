"""The search index under fire: writers, syncs, searches and the index itself as real processes, really killed."""
