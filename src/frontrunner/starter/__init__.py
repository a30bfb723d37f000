"""The embedded starter board: result files that this project measured, and their catalog."""
