"""What an operator does to a home, and the log of it; told through an interface, not printed."""
