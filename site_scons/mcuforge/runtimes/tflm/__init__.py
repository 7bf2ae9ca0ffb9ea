"""TensorFlow Lite Micro as a runtime: where its sources are, what of them a model needs, and the C++ that drives it."""
