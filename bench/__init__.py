"""Benchmarks: what they make, run and record."""
