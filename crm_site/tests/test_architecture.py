"""The house rules hold in every file, and each rule is shown to go red on a small bad example."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_site.tests import architecture
from crm_site.tests import architecture_exceptions as exceptions
from crm_site.tests.architecture import Rule, Source

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("crm_site", "intake", "nlquery", "search", "deploy")
TOP_LEVEL = {
    "crm_site", "intake", "nlquery", "search", "templates", "static", "deploy",
    "manage.py", "requirements.txt", "README.md", "pyproject.toml",
}  # fmt: skip
LATER_ISSUES = {"nlquery", "search"}


def python_files() -> Iterator[Source]:
    for place in [ROOT / "manage.py", *(ROOT / package for package in PACKAGES)]:
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            yield Source(path=path.relative_to(ROOT).as_posix(), text=path.read_text())


SOURCES = list(python_files())


@pytest.mark.parametrize("rule", architecture.RULES, ids=lambda rule: rule.__name__)
def test_the_house_rule_holds_everywhere(rule: Rule) -> None:
    found = [f"{source.path}:{finding}" for source in SOURCES for finding in rule(source)]
    assert not found, "\n".join(["", *found])


LONG = "x = 1\n" * 401
LONG_FUNCTION = "def slow() -> None:\n" + "    x = 1\n" * 51
SERVICE = "crm_site/investors/services.py"
VIEW = "crm_site/investors/views.py"

BAD: list[tuple[Rule, str, str]] = [
    (architecture.files_are_small, VIEW, LONG),
    (architecture.functions_are_small, VIEW, LONG_FUNCTION),
    (architecture.names_say_the_job, "crm_site/investors/utils.py", ""),
    (architecture.names_say_the_job, "crm_site/common/names.py", ""),
    (architecture.imports_stand_at_the_top, VIEW, "def view():\n    import json\n"),
    (architecture.services_are_imported_as_modules, VIEW, "from crm_site.investors.services import retire\n"),
    (architecture.services_are_imported_as_modules, VIEW, "from . import services\n"),
    (architecture.writes_live_in_services, VIEW, "Investor.objects.create(name=name)\n"),
    (architecture.writes_live_in_services, VIEW, "Investor.objects.filter(pk=1).update(name=name)\n"),
    (architecture.writes_live_in_services, VIEW, "rows._raw_delete(using)\n"),
    (architecture.writes_live_in_services, VIEW, "rows.filter(pk=1).delete()\n"),
    (architecture.writes_live_in_services, VIEW, "investor.delete()\n"),
    (architecture.writes_live_in_services, VIEW, "investor.save(update_fields=['name'])\n"),
    (architecture.writes_live_in_services, VIEW, "manager.bulk_create(rows)\n"),
    (architecture.writes_live_in_services, VIEW, "cursor.execute('DELETE FROM investors_investor')\n"),
    (architecture.writes_live_in_services, VIEW, "cursor.execute(f'UPDATE {table} SET x = 1')\n"),
    (architecture.services_name_their_actor, SERVICE, "def retire(*, investor): ...\n"),
    (architecture.services_name_their_actor, SERVICE, "def retire(actor: Actor): actor.role\n"),
    (architecture.services_name_their_actor, SERVICE, "def retire(*, actor): actor.role\n"),
    (architecture.services_name_their_actor, SERVICE, "def retire(*, actor: Actor): return 1\n"),
    (architecture.services_name_their_actor, SERVICE, "def retire(*, why, actor: Actor): actor.role\n"),
    (architecture.services_name_their_actor, SERVICE, "def retire(*, actor: Actor, **more): actor.role\n"),
    (architecture.only_env_reads_the_environment, VIEW, "import os\nos.environ['DEBUG']\n"),
    (architecture.only_env_reads_the_environment, VIEW, "from os import getenv\n"),
    (architecture.the_scope_is_left_on_purpose, VIEW, "Investor.unscoped.all()\n"),
    (architecture.nothing_is_left_for_later, VIEW, "x = 1  # TODO: more\n"),
    (architecture.nothing_is_left_for_later, VIEW, "raise NotImplementedError\n"),
    (architecture.no_hidden_hooks, VIEW, "from django.db.models.signals import post_save\n"),
    (architecture.no_hidden_hooks, VIEW, "from django.dispatch import receiver\n"),
    (architecture.no_hidden_hooks, VIEW, "class F(forms.ModelForm): ...\n"),
    (
        architecture.no_hidden_hooks,
        "crm_site/investors/models.py",
        "class Investor:\n    def save(self): ...\n",
    ),
    (architecture.the_outside_world_has_one_file_each, VIEW, "import httpx\n"),
    (architecture.the_outside_world_has_one_file_each, VIEW, "from urllib.request import urlopen\n"),
    (architecture.one_kind_of_transaction, SERVICE, "with transaction.atomic():\n    pass\n"),
    (architecture.one_kind_of_transaction, SERVICE, "transaction.on_commit(send)\n"),
    (architecture.markup_is_never_trusted, VIEW, "from django.utils.safestring import mark_safe\n"),
]


@pytest.mark.guard
@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_the_rule_goes_red_on_a_bad_example(rule: Rule, path: str, text: str) -> None:
    assert rule(Source(path=path, text=text))


def test_every_rule_has_a_bad_example() -> None:
    assert {rule for rule, _, _ in BAD} == set(architecture.RULES)


GOOD: list[tuple[Rule, str, str]] = [
    (architecture.writes_live_in_services, VIEW, "found.update({name: 1})\nseen.update({1})\n"),
    (architecture.writes_live_in_services, VIEW, "digest.update(b'x')\ncache.delete('x')\n"),
    (architecture.writes_live_in_services, VIEW, "cursor.execute('SELECT 1')\n"),
    (
        architecture.writes_live_in_services,
        VIEW,
        "from crm_site.relations import services as relations\nrelations.purge(actor=actor)\n",
    ),
    (architecture.writes_live_in_services, SERVICE, "Investor.objects.create(name=name)\n"),
    (architecture.services_name_their_actor, SERVICE, "def retire(*, actor: Actor): _log(actor)\n"),
    (architecture.services_name_their_actor, SERVICE, "def _rows(investor): ...\n"),
    (architecture.services_are_imported_as_modules, VIEW, "from crm_site.investors import services\n"),
    (architecture.services_are_imported_as_modules, VIEW, "from crm_site.x.services import Clash\n"),
    (architecture.imports_stand_at_the_top, "crm_site/work/apps.py", "def ready(self):\n    import json\n"),
    (architecture.no_hidden_hooks, VIEW, "from django.db.models.signals import post_migrate\n"),
    (architecture.the_outside_world_has_one_file_each, "crm_site/core/spark.py", "import httpx\n"),
]


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_the_rule_stays_green_on_a_good_example(rule: Rule, path: str, text: str) -> None:
    assert rule(Source(path=path, text=text)) == []


def test_an_exception_names_a_place_that_exists() -> None:
    places = {**exceptions.NAMES, **exceptions.WRITERS, **exceptions.UNSCOPED, **exceptions.TRANSACTIONS}
    places |= {**exceptions.TRUSTED_MARKUP, **exceptions.AFTER_COMMIT}
    places |= {name.split(":")[0]: why for name, why in exceptions.NO_ACTOR.items()}
    assert [place for place in places if not (ROOT / place).exists()] == []
    assert all(places.values())


def test_templates_keep_to_the_content_security_policy() -> None:
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if path.stem.endswith("_email"):
            continue  # plain text, sent as such
        faults = architecture.template_faults(path.read_text())
        found += [f"{path.relative_to(ROOT)}:{fault}" for fault in faults]
    assert not found, "\n".join(["", *found])


@pytest.mark.guard
@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color: red">',
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
        "<style>p {}</style>",
        "{{ note|safe }}",
        "{% autoescape off %}",
        "{# TODO #}",
        '<script src="//cdn.example/x.js"></script>',
    ],
)
def test_the_template_rule_goes_red(bad: str) -> None:
    assert architecture.template_faults(bad)


def test_the_template_rule_stays_green() -> None:
    good = '<button hx-post="{% url "x" %}" class="style" data-on="1">once</button>\n<script src="/static/a.js" defer></script>'
    assert architecture.template_faults(good) == []


def tracked() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split("/")[0] for name in listed.stdout.split("\0") if name}


@pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="not a checkout, so there is no list of what belongs"
)
def test_the_top_level_is_what_the_owner_asked_for() -> None:
    visible = {name for name in tracked() if not name.startswith(".")}
    assert visible <= TOP_LEVEL
    assert visible >= TOP_LEVEL - LATER_ISSUES
