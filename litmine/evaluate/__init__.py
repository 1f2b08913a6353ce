"""`litmine eval`: measure each part on files in the field's standard formats."""
