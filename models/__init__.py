"""Features become scores with exact reasons. May import `features` and `bureau`.

To add a model, add a folder with its `spec`, `train`, `evaluate`, `reasons` and card, and list it in `models/shelf.py`.
"""
