"""How much of a file is read before it is called unsafe. Generous for real files, small for hostile ones."""

from __future__ import annotations

MEGABYTE = 1024 * 1024
LARGEST_FILE = 1024 * MEGABYTE
LARGEST_UPLOAD = 100 * MEGABYTE
LONGEST_LINE = 4 * MEGABYTE
# The widest state file we have met has 2,135 columns.
MOST_COLUMNS = 10_000
# Zip containers: an XLSX is one, and so is a folder of files sent as one.
MOST_MEMBERS = 2_000
LARGEST_MEMBER = 256 * MEGABYTE
LARGEST_UNPACKED = 512 * MEGABYTE
STEEPEST_RATIO = 200
# Text of a worksheet is held in memory while the sheet is read.
LARGEST_SHARED_STRINGS = 64 * MEGABYTE
# One XML element that is read as a whole.
DEEPEST_XML = 40
