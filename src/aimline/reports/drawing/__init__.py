"""The library's pictures and sentences (`aimline_analytics.drawing`) in the reader's language, and as files."""
