"""The algorithms, without Django or a database: texts and numbers in, plain values out, the same for the same input.

Only these modules import numpy, SciPy, scikit-learn and simplemma, which take seconds and hundreds of megabytes to
load: tasks of the queue `analysis` and commands import them inside functions, web processes never do.
"""
