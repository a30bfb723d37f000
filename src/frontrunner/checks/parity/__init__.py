"""Old and new side by side: every number of the old board is accounted for.

RowMatch the models, compare each cell with the successor's, explain every difference from evidence
in the files, and measure how often the explanation would have been believed of a false number.

Nothing is imported here: a server reads a part of it without the libraries of the rest.
"""
