"""The register: DuckDB, its rules, its commands and its questions.

Importing this package loads nothing heavy, so that the listener may read `store.settings` without DuckDB.
"""
