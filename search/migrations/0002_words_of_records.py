"""The table of every record's words (see search/text_triggers.py), filled with what there is."""

from django.db import migrations

from search.text_triggers import lexemes

# As of this migration; a later change of what is searched brings its own.
PARTS = (
    (1, "investors_investor", "investor", "id", ("name", "location", "website", "lead_source", "notes")),
    (2, "investors_investoralias", "investor", "investor_id", ("name",)),
    (3, "contacts_contact", "contact", "id", ("name", "linkedin", "notes")),
    (4, "contacts_contactemail", "contact", "contact_id", ("email",)),
    (5, "communications_communication", "communication", "id", ("subject", "body")),
    (6, "communications_fact", "fact", "id", ("topic", "text")),
    (7, "investors_fund", "fund", "id", ("name", "description")),
)
SQLITE = """
CREATE VIRTUAL TABLE search_text USING fts5(
    words, organization_id UNINDEXED, kind UNINDEXED, source_id UNINDEXED,
    tokenize = 'porter unicode61 remove_diacritics 2'
)
"""
POSTGRESQL = """
CREATE TABLE search_text (
    part smallint NOT NULL, row_id bigint NOT NULL, organization_id bigint NOT NULL,
    kind varchar(16) NOT NULL, source_id bigint NOT NULL, words tsvector NOT NULL,
    PRIMARY KEY (part, row_id)
);
CREATE INDEX search_text_words ON search_text USING gin (words);
"""


def make(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(SQLITE if connection.vendor == "sqlite" else POSTGRESQL)
        for part in PARTS:
            cursor.execute(_fill(connection.vendor, *part))


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DROP TABLE search_text")


def _fill(vendor, number, table, kind, source, columns):
    if vendor == "sqlite":
        words = " || ' ' || ".join(columns)
        return (
            f"INSERT INTO search_text (rowid, words, organization_id, kind, source_id) "
            f"SELECT id * 16 + {number}, {words}, organization_id, '{kind}', {source} "
            f"FROM {table} WHERE deleted_at IS NULL"
        )
    return (
        f"INSERT INTO search_text (part, row_id, organization_id, kind, source_id, words) "
        f"SELECT {number}, id, organization_id, '{kind}', {source}, "
        f"{lexemes('concat_ws(chr(32), ' + ', '.join(columns) + ')')} FROM {table} WHERE deleted_at IS NULL"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
        ("communications", "0004_timeline_counts"),
        ("contacts", "0003_names_in_one_index"),
        ("investors", "0004_names_in_one_index"),
    ]

    operations = [migrations.RunPython(make, drop)]
