"""Use cases of the core: a file per noun, a function per verb, one transaction each. Refusals are values."""
