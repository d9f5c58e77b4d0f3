"""The benchmark: Henji's own processes under load, between a client and a carrier made for it."""
