"""The API of head office and integrators, under /v1: denied unless a route says which permission it takes."""
