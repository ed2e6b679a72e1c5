"""How much room a name takes in a box, roughly: browsers differ in their fonts."""

_CHARACTER = 6.7  # pixels, the mean of a 12 pixel sans serif


def longest_word(text: str) -> int:
    """Return the width of the longest word, in pixels.

    Example:
        >>> longest_word("Call back")
        27
    """
    return round(max((len(word) for word in _words(text)), default=0) * _CHARACTER)


def lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a width of so many pixels.

    Example:
        >>> lines("Call the customer back", 90)
        2
    """
    room = max(1, int(width / _CHARACTER))
    count, used = 1, 0
    for word in _words(text):
        length = len(word)
        if used and used + 1 + length > room:
            count, used = count + 1, 0
        used += length + bool(used)
        count, used = count + (used - 1) // room, (used - 1) % room + 1 if used else 0
    return count


def _words(text: str) -> list[str]:
    # Viewers break lines at hyphens as well.
    return text.replace("-", "- ").split()
