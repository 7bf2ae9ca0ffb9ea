"""The parts of report.html. Geometry is computed here; the templates only print it."""
