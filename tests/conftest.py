"""Fixtures for all tests. `db` is rolled back; `committed_db` commits and is copied afresh."""

import shutil
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import (  # noqa: F401 - fixtures for every test
    _cheap_passwords,
    brand,
    client_of,
    customer_factory,
    staff_factory,
)
from tests.harness import cluster, databases, plugin


@pytest.fixture(scope="session")
def test_cluster() -> Iterator[cluster.TestCluster]:
    """This process's own PostgreSQL."""
    own = cluster.start()
    yield own
    own.throw_away()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    test_cluster: cluster.TestCluster,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Replaces pytest-django's: nothing is created or flushed, the database is a copy."""
    databases.point_at(test_cluster)
    yield
    with django_db_blocker.unblock():
        databases.let_go()


@pytest.fixture
def committed_db(
    django_db_setup: None,
    test_cluster: cluster.TestCluster,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Real transactions, real commits; the database is copied afresh afterwards."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            databases.let_go()
            test_cluster.reclone()


@pytest.fixture
def transactional_db(committed_db: None) -> None:
    """pytest-django's name for it; its own would TRUNCATE, which the app role may not."""


def pytest_unconfigure() -> None:
    """Remove this process's folder."""
    shutil.rmtree(plugin.HOME, ignore_errors=True)
