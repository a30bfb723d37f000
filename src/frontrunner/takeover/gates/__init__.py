"""The gates of the take-over: evidence in, readings out."""
