"""What an operator does to a home, and the log of it. Nothing here prints."""
