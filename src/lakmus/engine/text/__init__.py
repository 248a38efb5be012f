"""Reading what people write. So far a small lexicon in two languages; polarity and codes build on it."""
