"""What a payment costs the payer, by the brand's price list. Pure."""

from paydesk.brands.profile import Brand
from paydesk.brands.spending import Fee


def fee(brand: Brand, kind: str, amount: int, currency: str) -> int:
    """The fee in minor units, on top of `amount` (minor units of `currency`); 0 where the brand
    has no price for this kind and currency."""
    price = brand.fees.get(str(kind), {}).get(currency)
    return of_price(price, amount) if price else 0


def of_price(price: Fee, amount: int) -> int:
    """The share of the amount, rounded half up, plus the fixed part, within the bounds; all in
    minor units."""
    share = (amount * price.basis_points + 5_000) // 10_000
    return min(max(share + price.fixed, price.least), price.most)
