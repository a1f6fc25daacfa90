"""Cells: several installations of one service, each with a database of its own, and cities that move between them.

`register` knows what of public belongs to a city (each app declares its own in `leaving.py`), `packing` takes those
rows up and puts them down, `copying` makes two schemas the same, `moving` is the move, step by step; `installation` is
what a cell is, `proxy` the one address in front of them.
"""
