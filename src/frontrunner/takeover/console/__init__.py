"""The console: what an operator sees of a take-over, and the buttons.

Reading order: `standing`, `model` and `side_counts` (what is shown), `actions` and `presses` (what
may be done), all pure; then `access`, `sessions` and `incoming` (access), `screens` and `replies`
(pages), `desk` (the application), `watching` (what it reads), `serving`.
"""
