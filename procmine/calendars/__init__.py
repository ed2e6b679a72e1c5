"""Business time: how long somebody was at work between two instants, by each department's clock.

A calendar's shifts are read off the wall: time counts while the clock of its zone stands within a
shift, through 23- and 25-hour days. A shift belongs to the day it begins on, so one that begins
before a holiday runs to its end.
"""

from procmine.calendars.calendar import Calendar
from procmine.calendars.calendars import ANY, Calendars
from procmine.calendars.week import Shift

__all__ = ["ANY", "Calendar", "Calendars", "Shift"]
