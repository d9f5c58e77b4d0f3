"""What the statistical layer is made from: phrasings, the training, and its evaluation."""
