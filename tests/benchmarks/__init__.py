"""Budgets that a machine reads: `comptoir bench NAME --json`. Ratios of things measured in one run, not bare times."""
