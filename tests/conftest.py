"""Fixtures for all tests. `db` is rolled back; `committed_db` commits and is copied afresh."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import (  # noqa: F401 - fixtures for every test
    _cheap_passwords,
    brand,
    client_of,
    customer_factory,
    staff_factory,
)
from tests.harness import browser as chromium
from tests.harness import cluster, databases, live, plugin


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


@pytest.fixture(scope="session")
def prepared_home() -> None:
    """Static files under hashed names, as in production."""
    live.prepare()


@pytest.fixture
def live_app(
    committed_db: None, test_cluster: cluster.TestCluster, prepared_home: None
) -> Iterator[live.LiveApp]:
    """A real web process on a free port; `.start_worker()` adds a worker, `.restart()` restarts."""
    app = live.LiveApp(test_cluster)
    app.start()
    try:
        yield app
    finally:
        app.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's chromium instead of a download."""
    chromium.require()
    return {
        **browser_type_launch_args,
        "executable_path": chromium.CHROMIUM,
        "args": chromium.ARGUMENTS,
    }


@pytest.fixture(autouse=True)
def _allow_orm_beside_the_browser(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Playwright keeps an event loop in this thread, which Django would take for async code."""
    if "browser" in request.fixturenames:
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_configure() -> None:
    """In-process pages name static files plainly; live ones use the hashed names."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django_settings.STORAGES = {**django_settings.STORAGES, "staticfiles": plain}


@pytest.fixture(scope="session")
def soak_factor() -> int:
    """How many times longer a fault or load test runs: 1 normally, more under `make soak`."""
    return 30 if os.environ.get("PAYDESK_TEST_SOAK") == "1" else 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the loop that Playwright leaves running breaks async tests after it."""
    for item in items:
        if {"browser", "live_app"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("live")
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


def pytest_unconfigure() -> None:
    """Remove this process's folder."""
    shutil.rmtree(plugin.HOME, ignore_errors=True)
