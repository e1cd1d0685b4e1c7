"""The catalogue: one YAML file per credit product, checked by `products/product.py`."""
