"""Tests mirror the tree; architecture, contract, simulation, browser and benchmarks stand beside."""
