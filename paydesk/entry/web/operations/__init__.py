"""Pages: the operators' reconciliation and risk rules."""
