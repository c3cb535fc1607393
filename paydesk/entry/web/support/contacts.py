"""The brand's official accounts on other channels, named for the reader."""

from paydesk.brands.profile import Brand
from paydesk.desk.cases import texts


def accounts_of(brand: Brand) -> list[tuple[str, str]]:
    """Channel name and account, as the profile lists them."""
    return [(texts.channel(code), account) for code, account in brand.contacts.accounts.items()]
