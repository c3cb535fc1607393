"""Programs for those who work on Paydesk. The product never imports them."""
