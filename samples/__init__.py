"""Three synthetic workshop events and the program that draws them. Not part of the installed product."""
