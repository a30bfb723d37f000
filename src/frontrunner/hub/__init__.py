"""The Hugging Face Hub: read, save, archive and replace the Space of a board.

Reading order: `git_objects` and `front_matter` (pure), then `standin` (a Hub for tests).
"""
