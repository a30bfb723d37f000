"""The only package that opens connections to other machines."""
