"""The device's own truth: what the core told it, what was done here meanwhile, and nothing that a crash can tear."""
