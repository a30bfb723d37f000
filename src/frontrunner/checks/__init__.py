"""Checks of one board against another: numbers (`parity`), interfaces (`contract`), gates."""
