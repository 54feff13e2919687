"""Run charts and control charts: limits, rules, verdicts, for one series or a hundred thousand."""
