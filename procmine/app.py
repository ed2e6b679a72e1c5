"""Where the Streamlit app is: inside the wheel, or beside the package in the repository."""

from pathlib import Path

from procmine.errors import UnavailableError

SCRIPT = "main.py"


def app_script() -> Path:
    """Return the script that `streamlit run` takes; Streamlit itself is not imported.

    Raises:
        UnavailableError: This installation came without the app.

    Example:
        >>> app_script().name
        'main.py'
    """
    package = Path(__file__).parent
    places = (package / "_app", package.parent / "apps" / "streamlit")
    for place in places:
        if (place / SCRIPT).is_file():
            return place / SCRIPT
    raise UnavailableError(
        "This installation of procmine came without its app.", "Install procmine from its wheel."
    )
