"""Imports: files of others become products, stock, orders and customers. Every row is taken or refused by name."""
