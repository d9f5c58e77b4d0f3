"""Send what waits: claimed, judged, posted, looked up where its answer was lost, taken back."""
