"""Finding: passages of records, kept beside the database in an index that never answers for a row that is gone."""
