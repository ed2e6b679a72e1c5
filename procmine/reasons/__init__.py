"""Why customers contact a company, what its work costs, and who caused what: from a map of reasons.

`reasons.toml` says which activities are failure demand and which are value demand; what it leaves
open, an analysis counts as open.
"""
