"""The case folder: Parquet files that we wrote, queried with DuckDB."""
