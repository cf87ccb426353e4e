"""Budgets that a machine reads: `comptoir bench NAME --json`. Ratios of things measured in the same run, not bare times."""
