: hello ." hello two" ;
