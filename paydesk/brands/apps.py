"""Django's entry for brands: reads every profile at start, so that a wrong one stops the start."""

from django.apps import AppConfig

from paydesk.brands import profiles


class BrandsConfig(AppConfig):
    """Has no models; it is an application so that profiles are checked when the program starts."""

    name = "paydesk.brands"

    def ready(self) -> None:
        """Load the profiles. Raises ProfileError naming file, line and what is allowed."""
        profiles.all()
