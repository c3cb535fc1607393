"""Cases: inbox, routing, conversation, service levels, actions."""
