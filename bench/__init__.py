"""Measurements: ours and the peer, side by side, one script for each row of the budget."""
