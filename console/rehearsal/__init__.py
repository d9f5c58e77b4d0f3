"""Words tried before anybody gets them: talks with invented people, real texts played again."""
