"""Text to vectors: BM25 for words, a dense model for meaning, each made once per process and never before it is needed."""
