"""What a change in one department did to what journeys cost it and the others."""
