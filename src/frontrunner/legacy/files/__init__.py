"""The files of the older boards: tables, documents, and the dump of results."""
