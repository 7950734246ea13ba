x <- 1:10
y <- 2 * x + 1
print(round(coef(lm(y ~ x)), 6))
print(c(toupper("àéî"), nchar("àéî€")))
