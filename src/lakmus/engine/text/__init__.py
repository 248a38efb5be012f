"""What people write, read offline in Russian and in English: polarity, codes, promises, mentions, and the tone of replies."""
