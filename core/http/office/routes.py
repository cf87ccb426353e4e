"""All routers of the office API, in the order of its documentation."""

from core.http.office import (
    atp,
    carriers,
    catalogue,
    customers,
    declarations,
    imports,
    inbound,
    manual,
    network,
    orders,
    people,
    promise,
    quarantine,
    sessions,
    stock,
    stock_rules,
    tablets,
    work,
)

# Routes are tried one after the other: what is asked most often comes first.
ROUTERS = (
    promise.router,
    sessions.router,
    orders.router,
    work.router,
    stock.router,
    declarations.router,
    inbound.router,
    atp.router,
    stock_rules.router,
    catalogue.router,
    customers.router,
    network.router,
    carriers.router,
    people.router,
    tablets.router,
    imports.router,
    quarantine.router,
    manual.router,
)
