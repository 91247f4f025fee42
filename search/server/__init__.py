"""The embedded index: one process owns Qdrant Edge shards and answers, on loopback, the part of Qdrant's REST API we use."""
