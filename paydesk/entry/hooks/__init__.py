"""How providers call us: each delivery is verified and stored by the domain it belongs to."""
