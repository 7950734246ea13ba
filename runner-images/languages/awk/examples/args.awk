$1 > limit
