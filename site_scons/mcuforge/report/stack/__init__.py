"""How deep the stack gets: from the linked instructions, so that libraries and assembler count like compiled code."""
