import orjson

from core.http.office.order_view import OrderView, order_view
from tests.core.service.office import place
from tests.support.core import build_world


def test_what_is_shown_is_what_the_document_says(database):
    made = place(database, build_world(database), {"SKU-1": 2})
    with database.read() as connection:
        view = order_view(connection, made.order_id)
    shown = OrderView.model_validate_json(orjson.dumps(view))
    assert (shown.number, shown.customer_state) == (made.number, "confirmed")
    assert [line.sku for line in shown.lines] == ["SKU-1"]
    assert shown.fulfilments[0].ship_to.town == "Lille"
    assert [entry.code for entry in shown.timeline] == ["OrderReceived", "OrderSourced", "FulfilmentCreated"]
