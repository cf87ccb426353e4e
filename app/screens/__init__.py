"""One file per route. A screen reads a query, draws components, calls actions; screens do not know each other."""
