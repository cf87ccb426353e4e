"""Where the core keeps everything: tables, documents, the change feed. SQLite and PostgreSQL from the same code."""
