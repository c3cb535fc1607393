"""Mail and SMS: templated, stored as sent, delivered by jobs."""
