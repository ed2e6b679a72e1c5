"""What the map says."""

from typing import Final

from procmine.wording import count, number

LEVEL: Final = "Show"
LEVELS: Final = {"activities": "Activities", "departments": "Departments"}
COLOUR: Final = "Colour and label"
MEASURES: Final = {
    "total_seconds": "Total waiting",
    "median_seconds": "Median wait",
    "mean_seconds": "Mean wait",
    "p90_seconds": "Wait 1 in 10 exceeds",
    "count": "How often",
    "cases": "Journeys",
    "total_cost": "Cost",
}
ACTIVITIES_DRAWN: Final = "Activities, by how often"
EVERY: Final = "all"
COVERAGE: Final = "Paths, by how often"
READABLE: Final = "what reads well"
MAP_WORDS: Final = {
    "label": "Process map. Tab moves through its boxes and arrows, Enter chooses one, plus and "
    "minus zoom, the arrow keys move, 0 fits. All figures are in the table below.",
    "hint": "Click on a box or an arrow to see its figures and to filter.",
    "drag": "Draw the map sideways to see the rest; tap a box or an arrow for its figures.",
    "full": "Full screen",
    "leave": "Leave full screen",
    "zoomIn": "Zoom in",
    "zoomOut": "Zoom out",
    "fit": "Fit the map",
    "close": "Close the figures",
    "wheel": "Hold Ctrl and turn the wheel to zoom",
}
PLAY: Final = "Play journeys"
PLAYER_WORDS: Final = {
    "label": "Journeys that move over the map",
    "play": "Play",
    "pause": "Pause",
    "time": "Time",
    "pace": "Pace",
    "base": "Which time",
    "log": "in the log's time",
    "own": "all from their start",
    "days": "days after each began",
    "hours": "hours after each began",
    "moving": "on their way",
}
PLAY_PROTECTED: Final = (
    "Single journeys can't be played: this log is protected, and speaks of no few customers."
)
PLAY_REFUSED: Final = "Your role may look at figures, and not at single journeys."
STEPS_TABLE: Final = "All steps"
NODES_TABLE: Final = "All activities"


def played(shown: int, cases: int) -> str:
    """Say how many journeys are played, and what isn't shown of them."""
    said = f"{number(shown)} of {count(cases, 'journey')} are played"
    drawn = ", drawn at random" if shown < cases else ""
    return f"{said}{drawn}; while they take a path that is hidden, they aren't seen."
