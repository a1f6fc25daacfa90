"""Cities as tenants: the register, their schemas and roles, the host that chooses among them."""
