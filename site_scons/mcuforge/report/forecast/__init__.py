"""What an image will cost, told before it is linked."""
