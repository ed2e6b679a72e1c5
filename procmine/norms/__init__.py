"""What was normal: norms learned from a reference, and how journeys keep to them."""
