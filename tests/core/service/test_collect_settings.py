from core.service import collect_settings
from core.service.refusal import Refusal
from core.store.database import Database
from tests.support.core import build_world


def test_the_newest_settings_are_read_and_wrong_ones_are_never_kept(database: Database):
    division = build_world(database).division
    with database.write() as connection:
        assert collect_settings.put(connection, division, 1, {"pick_up_days": 10}) is None
        assert collect_settings.read(connection, division) == ({"pick_up_days": 10}, 2)
        refused = [
            collect_settings.put(connection, division, 2, {"pick_up_days": "many"}),
            collect_settings.put(connection, division, 1, {}),
            collect_settings.put(connection, "nobody", 1, {}),
        ]
        codes = [one.code for one in refused if isinstance(one, Refusal)]
        assert codes == ["collect_terms_invalid", "stale_version", "division_unknown"]
        assert collect_settings.read(connection, division) == ({"pick_up_days": 10}, 2)
