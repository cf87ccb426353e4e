"""Any bad day of devices and core, replayed from its seed: real stores, real services, real codecs; only the wire, the
clock and the deaths are made up. `comptoir simulate --seed 1..200`; docs/sync.md says what holds and how it is proved.
"""
