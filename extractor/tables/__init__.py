"""Rows as files, frames and databases: everything here follows the one schema of ``extractor.tables.schema``."""
