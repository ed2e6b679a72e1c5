"""How well journeys fit a model, and where they leave it."""
