"""Tests of snapshots in object storage."""
