"""The associate's device: everything a person sees and does, from local data only."""

VERSION = "0.1.0"
