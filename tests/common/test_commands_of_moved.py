"""A command on a city that lives in another installation says where, instead of touching what stayed of it here."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tenants.cells.models import CityMove
from tenants.models import Municipality

EMAIL = ["--email", "quelqu.un@example.org"]


@pytest.fixture
def moved(saran: Municipality) -> Municipality:
    Municipality.objects.filter(pk=saran.pk).update(moved_at=timezone.now())
    for other, stage in (("db-2:5432/there", "DONE"), ("db-3:5432/not", "UNDONE")):
        CityMove.objects.create(
            schema_name=saran.schema_name, other=other, stage=stage, begun_at=timezone.now(), ended_at=timezone.now()
        )
    return saran


@pytest.mark.parametrize(
    "command",
    [
        ["login_link", *EMAIL, "--city"],
        ["personal_data", *EMAIL, "--export", "copy.zip", "--city"],
        ["give_way_back", *EMAIL, "--reason", "lost", "--city"],
        ["dump_city"],
        ["export_city"],
        ["import_consultation", "lines.jsonl", "--city"],
        ["recount", "--city"],
        ["analyse", "--city"],
    ],
    ids=lambda command: command[0],
)
def test_a_moved_city_is_named_with_where_it_lives(
    moved: Municipality, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    last = {"dump_city": ["a.city"], "export_city": ["--to", "a.zip"]}.get(command[0], [])
    with pytest.raises(CommandError, match="« saran » has moved to another installation, db-2:5432/there"):
        call_command(*command, "saran", *last)
    with pytest.raises(CommandError, match="No city has the address « nowhere »"):
        call_command(*command, "nowhere", *last)
    assert not [*tmp_path.iterdir()]


def test_the_status_of_the_fleet_names_it(moved: Municipality) -> None:
    said = StringIO()
    call_command("fleet", "status", stdout=said)
    assert f"saran ({moved.schema_name}) lives in db-2:5432/there" in said.getvalue()
