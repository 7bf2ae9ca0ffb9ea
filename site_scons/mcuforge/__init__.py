"""mcuforge: from a trained model to microcontroller firmware, declaratively."""

__version__ = "0.1.0"
