"""Tables to rows and columns of a form, and these to fields."""
