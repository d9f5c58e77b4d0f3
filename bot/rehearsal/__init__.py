"""Try words before anybody gets them: talks with invented people, and real talks played again."""
