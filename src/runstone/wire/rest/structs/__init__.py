"""What travels: requests are strict (a misspelt field is refused), answers name every field.

The structs' names and docstrings become the schemas of the OpenAPI document.
"""
