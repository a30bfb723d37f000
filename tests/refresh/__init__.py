"""Tests of the scheduled update."""
