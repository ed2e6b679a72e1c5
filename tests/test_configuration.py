"""Configuration files: every refusal names the file and the key."""

import pytest
from pydantic import BaseModel

from procmine.configuration import parse_toml, read_toml
from procmine.errors import ConfigurationError


class Column(BaseModel, extra="forbid"):
    activity: str = ""


class Source(BaseModel, extra="forbid"):
    columns: Column | None = None


class Mapping(BaseModel, extra="forbid"):
    name: str
    sources: list[Source] = []
    shops: dict[str, Column] = {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name = "x"\nnmae = "y"', "there is no key 'nmae'. Did you mean 'name'?"),
        (
            'name = "x"\n[[sources]]\n[[sources]]\n[sources.columns]\nactivty = "a"',
            "there is no key 'sources[1].columns.activty'. Did you mean 'activity'?",
        ),
        (
            'name = "x"\n[shops.Ulm]\nactivitty = "a"',
            "there is no key 'shops.Ulm.activitty'. Did you mean 'activity'?",
        ),
        ("", "the key 'name' is missing."),
        ("name = 3", "name: it must be a valid string."),
        ("name = 3\nx = 1", "(1 more can't be used either.)"),
        ("name = ", "'map.toml' isn't TOML: "),
    ],
)
def test_a_refusal_names_the_key(text, sentence):
    with pytest.raises(ConfigurationError) as refused:
        parse_toml(text, Mapping, "map.toml")
    assert sentence in str(refused.value)
    assert "'map.toml'" in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_said_so(tmp_path):
    with pytest.raises(ConfigurationError, match=r"There is no file"):
        read_toml(tmp_path / "none.toml", Mapping)
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"'odd.toml' isn't UTF-8"):
        read_toml(tmp_path / "odd.toml", Mapping)


def test_a_byte_order_mark_does_not_matter(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text('name = "x"', encoding="utf-8-sig")
    assert read_toml(path, Mapping).name == "x"
