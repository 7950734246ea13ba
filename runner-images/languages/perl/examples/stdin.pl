print <STDIN>;
