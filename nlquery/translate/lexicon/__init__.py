"""The words the grammar knows, by what they stand for."""
