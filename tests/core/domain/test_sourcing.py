from core.domain.sourcing import Assignment, Demand, Proof, Taken, Unfilled, deal, items_of

LINES = [Demand("l1", "a", 2), Demand("l2", "b", 1), Demand("l3", "a", 1)]


def test_lines_of_one_article_are_found_as_one_where_quantities_may_be_split():
    assert [(item.sku, item.units) for item in items_of(LINES, True)] == [("a", 3), ("b", 1)]
    assert [(item.sku, item.units) for item in items_of(LINES, False)] == [("a", 2), ("b", 1), ("a", 1)]


def test_a_line_is_not_cut_where_one_of_the_chosen_places_has_all_of_it():
    assignments, unfilled = deal(items_of(LINES, True), [Taken("near", (1, 1)), Taken("far", (3, 0))])
    assert set(assignments) == {
        Assignment("far", "l1", 2), Assignment("far", "l3", 1), Assignment("near", "l2", 1),
    }  # fmt: skip
    assert unfilled == ()


def test_units_are_dealt_out_from_the_places_where_they_cost_least():
    item = items_of([Demand("l1", "a", 3)], True)
    dear, cheap = Taken("dear", (3,), (9,)), Taken("cheap", (2,), (1,))
    assert deal(item, [dear, cheap])[0] == (Assignment("cheap", "l1", 2), Assignment("dear", "l1", 1))


def test_what_nobody_has_stays_unfilled_line_by_line():
    _, unfilled = deal(items_of(LINES, True), [Taken("near", (2, 0))])
    assert unfilled == (Unfilled("l3", 1), Unfilled("l2", 1))


def test_a_proved_number_of_shipments_has_no_gap():
    assert Proof(0, 0, 3, 2, True, 0).gap == 0
    assert Proof(0, 0, 3, 2, False, 9).gap == 1
