"""TensorFlow Lite Micro's arithmetic on the host: what operator files compute at build time, bit for bit."""
