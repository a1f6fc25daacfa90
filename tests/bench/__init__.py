"""Benchmarks (`make bench`): ratios against a named baseline of the same run, never seconds to be compared."""
