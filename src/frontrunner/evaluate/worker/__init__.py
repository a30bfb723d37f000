"""What runs inside the evaluation environment; only the standard library is shared."""
