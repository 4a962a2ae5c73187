"""Figures that are measured, not promised; `python -m benchmarks` prints them."""
