"""The judge: randomised comparisons. Uses nothing of the stages whose work it judges."""
