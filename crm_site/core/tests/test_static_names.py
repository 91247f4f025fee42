"""Static files have hashed names when collected and plain ones when not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from crm_site.core.static_names import ForgivingManifestStorage

STYLES = Path(finders.find("css/forms.css")).parent


def test_plain_names_stand_in_when_nothing_was_collected(tmp_path):
    storage = ForgivingManifestStorage(location=tmp_path, base_url="/static/")
    assert storage.url("js/theme.js") == "/static/js/theme.js"


def test_collected_files_are_named_by_their_content(tmp_path):
    storage = ForgivingManifestStorage(location=tmp_path, base_url="/static/")
    found = [
        ("css/forms.css", STYLES / "forms.css"),
        ("img/chevron.svg", STYLES.parent / "img" / "chevron.svg"),
    ]
    for name, path in found:
        storage.save(name, path.open("rb"))
    list(storage.post_process({name: (storage, name) for name, _ in found}))
    assert re.search(r"/static/css/forms\.[0-9a-f]{12}\.css$", storage.url("css/forms.css"))
    assert re.search(
        r"chevron\.[0-9a-f]{12}\.svg", (tmp_path / storage.stored_name("css/forms.css")).read_text()
    )


def test_a_broken_link_in_a_style_sheet_stops_the_collecting(tmp_path):
    storage = ForgivingManifestStorage(location=tmp_path, base_url="/static/")
    (tmp_path / "broken.css").write_text('a { background: url("gone.svg"); }')
    outcomes = [outcome for _, _, outcome in storage.post_process({"broken.css": (storage, "broken.css")})]
    assert any(isinstance(outcome, ValueError) for outcome in outcomes)


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_style_sheets_stay_small_and_raw_colours_stay_in_tokens(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert len(path.read_text().splitlines()) <= 400
    if path.name not in {"tokens.css", "components.css", "grid.css"}:
        assert not re.search(r"#[0-9a-f]{3,8}\b", text)
