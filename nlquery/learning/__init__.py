"""How the grammar of questions learned what to make of its cues. Used by `./deploy/learn` and tests, never by what runs.

`examples/*.jsonl` hold questions with the intent and slots that each should become, as `try_questions` reads them; each
file is the work of one author. `world.json` is the little CRM that their names are from.
"""
