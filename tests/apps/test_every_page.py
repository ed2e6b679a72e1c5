"""Every page that stands in the side bar opens on every sample and on a real log, and says a thing.

What a page says is tested page by page; here none may be missing, fail, or stand empty.
"""

import pytest

import procmine as pm
from procmine.sample import SAMPLES
from tests.apps.conftest import turn_to

pytestmark = pytest.mark.slow


def assert_every_page_speaks(open_app, said, path):
    app = open_app(path)
    pages = {info["url_pathname"] for info in app._registered_pages.values()}
    everything = set()
    for page in sorted(pages - {"overview"}):
        turn_to(app, page)
        assert not app.exception, page
        assert not app.error, page
        assert said(app).count(" ") > 5, page
        everything.add(said(app))
    assert len(everything) > 12


@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_opens_on_a_sample(open_app, said, sample, name):
    assert_every_page_speaks(open_app, said, sample(name))


def test_every_page_opens_on_incidents(open_app, said, real_logs, tmp_path):
    log = pm.read(real_logs / "bpic2013_incidents.xes.gz")
    assert_every_page_speaks(open_app, said, log.write(tmp_path / "incidents.parquet"))
