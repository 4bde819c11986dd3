"""The store: a folder of Delta Lake tables, asked through DuckDB. The only package that imports those libraries."""
