"""The hardware an associate works with, each behind a Protocol named by the need; Flet implementations stand beside.

Nothing here speaks to the person: answers are values with a stable code, the screens find the words.
"""
