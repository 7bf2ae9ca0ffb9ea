"""What must not be in an image, whatever its size: heap, constructors, foreign instructions, names that clash."""
