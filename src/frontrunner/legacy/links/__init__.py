"""What a link to an older board asks for."""
