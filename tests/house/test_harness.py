"""The harness itself: each kind of database fixture does what its name says."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction


def _count() -> int:
    return ContentType.objects.filter(app_label="harness").count()


@pytest.mark.parametrize("turn", [1, 2])
def test_db_is_rolled_back(db: None, turn: int) -> None:
    assert _count() == 0
    ContentType.objects.create(app_label="harness", model="row")
    assert _count() == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_committed_db_commits_and_starts_clean(committed_db: None, turn: int) -> None:
    assert _count() == 0
    with transaction.atomic():
        ContentType.objects.create(app_label="harness", model="row")
    connection.close()
    assert _count() == 1


def test_rolled_back_database_is_clean_after_commits(db: None) -> None:
    assert _count() == 0


def test_tests_speak_as_the_app_role(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("paydesk_app", False)


def test_app_role_makes_no_tables(db: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.mine (a int)")
