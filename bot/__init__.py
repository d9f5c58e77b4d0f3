"""Henji's machinery: it carries conversations and knows no particular flow."""
