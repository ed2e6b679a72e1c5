"""Pictures: pure functions from the tables of results to graphs and charts, in one look."""
