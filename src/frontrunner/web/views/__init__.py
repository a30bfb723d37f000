"""View models: from a snapshot's service to the plain data that templates show."""
