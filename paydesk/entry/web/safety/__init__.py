"""Pages: second factors, devices, identity, freezing."""
