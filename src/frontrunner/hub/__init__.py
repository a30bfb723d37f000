"""The Hugging Face Hub: read, save, archive and replace the Space of a board.

Reading order: `git_objects`, `front_matter`, `tree_changes` (pure), `access`, `session`, `reading`,
`committing`; `standin` is a Hub for tests and rehearsals.
"""
