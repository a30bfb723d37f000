"""Old and new side by side: every number of the old board is accounted for.

Match the models, compare each cell with the successor's, explain every difference from evidence
in the files, and measure how often the explanation would have been believed of a false number.
`run.compare_boards` does it all. The package imports nothing on its own: a server needs `moved`
alone.
"""
