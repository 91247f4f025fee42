"""Pictures that people send: drawn anew, read by a model or by Tesseract, and from there on a message like any other."""
