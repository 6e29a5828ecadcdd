"""The engine of the labs: see main.py."""
