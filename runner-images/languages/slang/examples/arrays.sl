variable x;
foreach x ([1:3]^2) () = printf("%g ", x);
() = printf("\n%d\n", strlen("àéî€"));
