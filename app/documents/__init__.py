"""The papers of a store's day, made on the device, offline: label, packing slip, pick list, manifest.

Each is a pure function of plain values: the same data, language and `created_at` give the same bytes.
"""
