"""The demo retailer: seeded, deterministic, believable. Ages of orders are relative to a `now` given by the caller."""
