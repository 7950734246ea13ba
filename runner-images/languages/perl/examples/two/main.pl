require "./greet.pl"; print hello("two"), "\n";
