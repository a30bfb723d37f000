"""Record what a board exposes, and check that another board still does.

A record is a folder of small files that people can read and review: which routes there are, how
their answers are shaped, where links lead, which calls and raw files programs use. Checking asks
the other board the same and gives each item one verdict, with a reason.
"""
