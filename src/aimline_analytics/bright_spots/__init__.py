"""Groups whose students do better than expected: multilevel models from sums, and over years."""
