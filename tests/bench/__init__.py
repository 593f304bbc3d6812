"""Benchmarks: `make bench`, `make bench-alike` and `make bench-reports`."""
