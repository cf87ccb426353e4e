"""HTTP: routers that translate between HTTP and the contract and call one function of a service."""
