"""How far ratings and scales can be relied on: agreement, raters, items."""
