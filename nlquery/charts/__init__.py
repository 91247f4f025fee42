"""Charts of answers. `planning` chooses one and is light; `drawing` draws it and loads Altair and V8, so only views and
jobs that draw import it, never the bot."""
