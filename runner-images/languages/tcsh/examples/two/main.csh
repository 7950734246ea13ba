source greeting.csh

hello two
