"""Result files -> validated score rows; and what is rejected, and why."""
