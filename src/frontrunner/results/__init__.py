"""Result files -> validated score rows; and what is rejected, and why.

`ingest` turns a source (folder, archive, git repository) into a `ScoreTable` and a list of
`Reject`: every input file ends in the one or the other.

Nothing is imported here: a server needs the table alone, and not what reads files.
"""
