"""What to do: the people of Monday's list, with what happened and a draft, and those who must be left alone."""
