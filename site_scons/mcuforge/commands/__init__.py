"""The subcommands of `mcuforge`, one module each; a file here is all it takes to add one.

A module has a docstring, whose first line is the help, `add_arguments(parser)`, and `run(arguments)`, which returns the
exit code. Underscores in its name become dashes.
"""
