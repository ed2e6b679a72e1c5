"""The registry: each analysis by one line; exported names complete and sorted."""

import inspect
import pkgutil

import pytest

import procmine as pm
import procmine.analyses as package
from procmine import registry
from procmine.errors import OptionError

MODULES = sorted(m.name for m in pkgutil.iter_modules(package.__path__))


@pytest.fixture
def forgotten(monkeypatch):
    """Whatever a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "_ANALYSES", dict(registry._ANALYSES))


def test_every_module_of_analyses_is_imported_and_registered():
    assert sorted(registry.registered()) == MODULES
    assert sorted(package.__all__) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_every_analysis_is_a_public_name(name):
    assert name in pm.__all__
    assert getattr(pm, name) is registry.find(name).run


def test_public_names_are_sorted_complete_and_there():
    assert pm.__all__ == sorted(pm.__all__)
    defined = {
        name
        for name, value in vars(pm).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert defined - set(pm.__all__) == set()
    assert set(pm.__all__) - set(vars(pm)) == set()


def test_every_public_error_is_exported():
    errors = {
        name
        for name, value in vars(pm.errors).items()
        if inspect.isclass(value) and issubclass(value, pm.ProcmineError)
    }
    assert errors <= set(pm.__all__)


@pytest.mark.parametrize("name", MODULES)
def test_every_analysis_asks_one_question_and_takes_options_by_keyword(name):
    found = registry.find(name)
    assert found.question.endswith(".")
    parameters = list(inspect.signature(found.run).parameters.values())
    assert parameters[0].name == "log"
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters[1:])
    for option in found.options.values():
        assert option.default is not option.empty
        assert f"{option.name}:" in inspect.getdoc(found.run)


def test_a_wrong_name_says_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'handoffs'"):
        registry.find("handofs")


@pytest.mark.usefixtures("forgotten")
def test_a_new_analysis_is_registered_with_its_options():
    @registry.analysis
    def novelty(log, *, depth: int = 2):
        """Say something new. And more.

        Args:
            log: The log.
            depth: How deep.
        """
        return pm.Result("", f"{log} {depth} deep")

    assert registry.find("novelty").options["depth"].default == 2
    assert novelty.__doc__.startswith("Say something new.")
