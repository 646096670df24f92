"""The lake: facts as append-only Iceberg tables of Parquet. It can be deleted at any time and is built again."""
