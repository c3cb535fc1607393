"""Measured comparisons: each figure beside a reference taken in the same run. Never timed tests."""
