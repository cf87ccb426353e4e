"""Drawings that several screens share. They show what they are given."""
