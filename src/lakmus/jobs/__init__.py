"""What the worker does: tasks of the queue, and the watch that finds work nobody carries out any more."""
