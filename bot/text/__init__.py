"""Values about text, with no input or output: numbers, languages, matching, segments, formats."""
