"""Decision policies: one YAML file each, checked by `products/decisions/policy.py`."""
