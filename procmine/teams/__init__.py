"""The teams behind the customer's process: who meets customers, who serves those, and how well."""
