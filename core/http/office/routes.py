"""All routers of the office API, in the order of its documentation."""

from core.http.office import (
    catalogue,
    customers,
    imports,
    manual,
    network,
    orders,
    people,
    quarantine,
    sessions,
    stock,
    tablets,
    work,
)

ROUTERS = (
    sessions.router,
    orders.router,
    work.router,
    stock.router,
    catalogue.router,
    customers.router,
    network.router,
    people.router,
    tablets.router,
    imports.router,
    quarantine.router,
    manual.router,
)
