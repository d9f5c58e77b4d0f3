"""Answer a text: its conversation, the decision carried out, the words rendered."""
