"""Bills: billers, checks of their references, payments to them."""
