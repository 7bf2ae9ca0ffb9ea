"""Smaller models from trained ones: whole channels removed, weights set to zero, training with int8's rounding.

Runs only in the process that converts. Trains with Keras 2, the one that tensorflow-model-optimization knows.
"""
