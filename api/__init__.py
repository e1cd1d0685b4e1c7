"""Products become metered calls. The top of the street: may import every other package.

To add a resource, add one module with its routes and wire schemas, and include its router in `app.py`.
"""
