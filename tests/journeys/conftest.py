"""A small company whose silos share no case: a shop, a call centre and a courier."""

import pytest

MAPPING = """
name = "shop"
timezone = "Europe/Berlin"
customer_facing = ["Order placed", "Call"]
by_customer = ["Order placed"]

[identity.kinds.phone]
country_code = "49"

[[sources]]
name = "crm"
path = "crm.csv"
[sources.columns]
activity = "what"
[sources.values.activity]
OP = "Order placed"
[sources.constants]
department = "Sales"
[sources.identifiers]
customer = "cust"
order = "order"
phone = "tel"

[[sources]]
name = "calls"
path = "calls.csv"
timezone = "Europe/London"
[sources.constants]
activity = "Call"
department = "Care"
[sources.identifiers]
phone = "caller"

[[sources]]
name = "courier"
path = "courier.csv"
[sources.columns]
cost = "price"
[sources.constants]
department = "Courier"
[sources.identifiers]
order = "ref"

[[journeys]]
type = "order to delivery"
triggers = ["Order placed"]
outcomes = ["Delivered"]
key = "order"
patience = "60 days"
reopens_within = "7 days"
"""

CRM = """event_id,cust,order,tel,what,time
1,7,A-1,+49 199 123456,OP,2025-03-01 10:00
2,8,A-2,0199/999999,OP,2025-03-02 10:00
3,7,A-3,,OP,2025-03-05 10:00
"""
CALLS = """event_id,caller,time
4,0049199123456,2025-03-06 10:00
5,0199 999 999,2025-03-03 11:00
6,,2025-03-03 11:00
"""
COURIER = """event_id;ref;status;price;time
7;a-1;Delivered;1.204,50;04.03.2025 10:00
8;a-3;Delivered;3,9;14.03.2025 10:00
"""


@pytest.fixture
def shop(tmp_path):
    """Write the silos and their mapping; return the folder."""
    (tmp_path / "shop.toml").write_text(MAPPING)
    (tmp_path / "crm.csv").write_text(CRM)
    (tmp_path / "calls.csv").write_text(CALLS)
    (tmp_path / "courier.csv").write_text(COURIER)
    return tmp_path


@pytest.fixture
def remapped(shop):
    """Return a function that changes the mapping and returns its path."""

    def change(old, new):
        path = shop / "shop.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return path

    return change
