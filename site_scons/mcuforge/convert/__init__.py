"""From a trained model to a .tflite file: load, compress, quantize, and say what was lost.

`loaders/` holds one file per source format. What is heavy (TensorFlow, PyTorch) is only ever imported in the process
that `session` starts; the modules that a build imports need none of it.
"""
